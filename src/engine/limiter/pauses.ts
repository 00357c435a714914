import type { Clock, Random } from '../../core/clock.ts';
import type { ProviderError } from '../../core/errors.ts';
import type { Emit } from '../../core/events.ts';
import { backoffMs } from '../backoff.ts';
import type { Limiter } from './limiter.ts';

/** First wait where the endpoint names none, in ms; it doubles from storm to storm. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

export interface PausesParts {
  readonly limiter: Pick<Limiter, 'pauseUntil' | 'rejected'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
}

/**
 * Pauses the whole run when the endpoint says "slow down". However many requests in flight are told so,
 * it is one storm and one pause: only a request that was sent after a pause began can start another.
 */
export class Pauses {
  readonly #parts: PausesParts;
  #beganAt = Number.NEGATIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;
  #storms = 0;

  constructor(parts: PausesParts) {
    this.#parts = parts;
  }

  /** Takes note of a rejection of a request that was sent at `sentAt`. */
  report(error: ProviderError, sentAt: number): void {
    const now = this.#parts.clock.now();
    const first = sentAt > this.#beganAt;
    if (first) {
      this.#storms += 1;
      this.#beganAt = now;
      this.#extend(now + this.#waitFor(error), error, now);
    } else if (error.retryAfterMs !== undefined) {
      this.#extend(now + error.retryAfterMs, error, now);
    }
    const overloaded = error.code === 'overloaded';
    this.#parts.limiter.rejected({ resumeAt: this.#until, sentAt, first, overloaded });
  }

  /** A request sent at `sentAt` was answered: what was sent since the last pause gets through. */
  succeeded(sentAt: number): void {
    if (sentAt > this.#until) this.#storms = 0;
  }

  /** The endpoint's word counts; but if it was followed and did not help, our own backoff is the least. */
  #waitFor(error: ProviderError): number {
    const { random } = this.#parts;
    const own = (storm: number): number =>
      backoffMs({ attempt: storm, baseMs: FIRST_WAIT_MS, capMs: LONGEST_WAIT_MS, random, jitter: 'half' });
    if (error.retryAfterMs === undefined) return own(this.#storms);
    return this.#storms < 2 ? error.retryAfterMs : Math.max(error.retryAfterMs, own(this.#storms - 1) / 10);
  }

  #extend(until: number, reason: ProviderError, now: number): void {
    if (until <= this.#until) return;
    this.#until = until;
    this.#parts.limiter.pauseUntil(until);
    this.#parts.emit('pause', { at: now, untilMs: until, reason });
  }
}
