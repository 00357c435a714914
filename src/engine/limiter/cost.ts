import type { LimitHint } from '../../core/request.ts';

/** What one request takes from the limits. */
export interface Cost {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Whose price counts, where several endpoints serve; default: that of the dearest. */
  readonly endpoint?: string | undefined;
}

/** What a limit counts. */
export type LimitUnit = LimitHint['unit'];

/** How much of a limit's unit a cost is. */
export function amountOf(unit: LimitUnit, cost: Cost): number {
  switch (unit) {
    case 'requests':
      return 1;
    case 'tokens':
      return cost.inputTokens + cost.outputTokens;
    case 'inputTokens':
      return cost.inputTokens;
    case 'outputTokens':
      return cost.outputTokens;
  }
}
