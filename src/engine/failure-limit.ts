import { AppError } from '../core/errors.ts';

export interface FailureLimitOptions {
  readonly amount: number;
  readonly unit: 'count' | 'percent';
}

/** A share says little before this many records have ended. */
const LEAST_RECORDS_FOR_SHARE = 100;

/** Tells when more records have failed than the user puts up with. */
export class FailureLimit {
  readonly #limit: FailureLimitOptions | undefined;
  #ended = 0;
  #failed = 0;

  constructor(limit: FailureLimitOptions | undefined) {
    this.#limit = limit;
  }

  /** Counts a record; returns the reason to stop once the limit is passed. */
  count(ok: boolean): AppError | undefined {
    this.#ended += 1;
    if (ok || this.#limit === undefined) return undefined;
    this.#failed += 1;
    if (!this.#isPassed(this.#limit)) return undefined;
    const { amount, unit } = this.#limit;
    return new AppError(
      'too_many_failures',
      `${this.#failed} of ${this.#ended} records failed, more than --max-failures ${amount}${unit === 'percent' ? '%' : ''}`,
    );
  }

  #isPassed({ amount, unit }: FailureLimitOptions): boolean {
    if (unit === 'count') return this.#failed > amount;
    return this.#ended >= LEAST_RECORDS_FOR_SHARE && this.#failed * 100 > amount * this.#ended;
  }
}
