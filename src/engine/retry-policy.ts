import type { Random } from '../core/clock.ts';
import type { ProviderError } from '../core/errors.ts';
import { backoffMs } from './backoff.ts';
import { retryBudget } from './fault-kinds.ts';

const BACKOFF_BASE_MS = 500;
const BACKOFF_CAP_MS = 30_000;
/** While the endpoint is down, waits grow no further than the one after so many attempts: to 8 s. */
const OUTAGE_ATTEMPT = 5;
/** Attempts at an answer without text: a second chance, no more, for each one is paid. */
const CONTENT_ATTEMPTS = 2;

export interface RetryPolicyOptions {
  /** Attempts at a record that meets transient faults. */
  readonly maxAttempts: number;
  /** Attempts at a record that is told to slow down. */
  readonly maxRateLimitAttempts: number;
  /** Longest wait that the endpoint may ask for, in ms. */
  readonly maxRetryWaitMs: number;
  readonly random: Random;
  /** Whether a failure is part of an outage, which does not count against the record. Default: none is. */
  readonly isOutage?: (error: ProviderError) => boolean;
}

export type Decision =
  | { readonly action: 'retry'; readonly delayMs: number }
  | { readonly action: 'give-up' };

/** Decides on the failures of one record, one after the other. */
export interface RetryHistory {
  decide(error: ProviderError): Decision;
}

/** Each kind of fault has a budget of attempts of its own: a busy hour does not use up the one for faults. */
export class RetryPolicy {
  readonly #options: RetryPolicyOptions;

  constructor(options: RetryPolicyOptions) {
    this.#options = options;
  }

  begin(): RetryHistory {
    const failures = { transient: 0, 'rate-limit': 0, content: 0 };
    return {
      decide: (error) => {
        const budget = retryBudget(error);
        if (budget === 'no') return { action: 'give-up' };
        if ((error.retryAfterMs ?? 0) > this.#options.maxRetryWaitMs) return { action: 'give-up' };
        if (this.#options.isOutage?.(error) === true) {
          return { action: 'retry', delayMs: this.#delayMs(OUTAGE_ATTEMPT, error) };
        }
        failures[budget] += 1;
        if (failures[budget] >= this.#allowed(budget)) return { action: 'give-up' };
        return { action: 'retry', delayMs: this.#delayMs(failures[budget], error) };
      },
    };
  }

  #allowed(budget: 'transient' | 'rate-limit' | 'content'): number {
    if (budget === 'transient') return this.#options.maxAttempts;
    return budget === 'content' ? CONTENT_ATTEMPTS : this.#options.maxRateLimitAttempts;
  }

  #delayMs(attempt: number, error: ProviderError): number {
    const own = backoffMs({
      attempt,
      baseMs: BACKOFF_BASE_MS,
      capMs: BACKOFF_CAP_MS,
      random: this.#options.random,
      jitter: 'full',
    });
    return Math.max(own, error.retryAfterMs ?? 0);
  }
}
