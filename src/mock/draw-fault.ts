import type { Draw } from './seeded-random.ts';

/** Shares of the admitted requests, each 0 to 1, together at most 1. */
export interface FaultRates {
  readonly errorRate: number;
  readonly resetRate: number;
  readonly hangRate: number;
  readonly brokenJsonRate: number;
  readonly emptyRate: number;
  readonly proseRate: number;
  readonly cutStreamRate: number;
  readonly stallRate: number;
}

export type Fault = 'error' | 'reset' | 'hang' | 'brokenJson' | 'empty' | 'prose' | 'cutStream' | 'stall';

/** What goes wrong with one attempt, if anything does. */
export function drawFault(rates: FaultRates, draw: Draw): Fault | undefined {
  const shares: readonly (readonly [Fault, number])[] = [
    ['error', rates.errorRate],
    ['reset', rates.resetRate],
    ['hang', rates.hangRate],
    ['brokenJson', rates.brokenJsonRate],
    ['empty', rates.emptyRate],
    ['prose', rates.proseRate],
    ['cutStream', rates.cutStreamRate],
    ['stall', rates.stallRate],
  ];
  let left = draw('fault');
  for (const [fault, share] of shares) {
    if (left < share) return fault;
    left -= share;
  }
  return undefined;
}
