import type { RunEvents } from '../core/events.ts';
import { perhapsBilled } from '../core/failures.ts';
import { UsdSum } from '../core/money.ts';
import type { CostSummary } from './run-summary.ts';

/** Adds up what attempts cost, and counts those of which that is not known. */
export class CostMeter {
  readonly #known = new UsdSum();
  #attemptsKnown = 0;
  #attemptsUnknown = 0;

  add({ costUsd, error }: Pick<RunEvents['attemptEnd'], 'costUsd' | 'error'>): void {
    if (costUsd !== undefined) {
      this.#known.add(costUsd);
      this.#attemptsKnown += 1;
    } else if (error === undefined || perhapsBilled(error.code)) {
      this.#attemptsUnknown += 1;
    }
  }

  summary(): CostSummary {
    const unknown = this.#attemptsUnknown > 0 && this.#attemptsKnown === 0;
    return { usd: unknown ? undefined : this.#known.usd, attemptsUnknown: this.#attemptsUnknown };
  }
}
