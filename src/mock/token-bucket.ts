import type { Clock } from '../core/clock.ts';

/**
 * What may come at once: one second's worth, so that a minute's worth never can. OpenAI, too, may enforce
 * 60 requests a minute as 1 a second (its guide to rate limits).
 */
export const BURST_MS = 1000;

/** Room above the burst for a client that paces itself exactly but whose requests arrive unevenly. */
export const JITTER_MS = 100;

/** The time that a limit is for, and what of it may come at once. */
export interface BucketWindow {
  readonly ms: number;
  readonly burstMs: number;
}

export const A_MINUTE: BucketWindow = { ms: 60_000, burstMs: BURST_MS };

/** A limit by the day may be used up at once; what was used comes back all day long. */
export const A_DAY: BucketWindow = { ms: 86_400_000, burstMs: 86_400_000 };

/** Absorbs rounding, so that whoever waits as long as told is let in. */
const EPSILON = 1e-6;

/**
 * A bucket that refills continuously. What costs more than one burst is let in when a whole burst is there,
 * and leaves a debt: nothing that fits the minute is locked out, and the mean rate holds.
 */
export class TokenBucket {
  readonly limit: number;
  /** Units a ms. */
  readonly #rate: number;
  readonly #burst: number;
  readonly #capacity: number;
  readonly #clock: Clock;
  #level = 0;
  #at = 0;

  /** `limit`: what a window holds. */
  constructor(limit: number, clock: Clock, { ms, burstMs }: BucketWindow = A_MINUTE) {
    this.limit = limit;
    this.#rate = limit / ms;
    this.#burst = Math.max(1, this.#rate * burstMs);
    this.#capacity = this.#burst + this.#rate * JITTER_MS;
    this.#clock = clock;
    this.fill();
  }

  /** Ms until a request of this cost is let in; 0 is now. */
  waitFor(cost: number): number {
    const missing = Math.min(cost, this.#burst) - this.#refill();
    return missing <= EPSILON ? 0 : missing / this.#rate;
  }

  take(cost: number): void {
    this.#level = this.#refill() - cost;
  }

  /** What could be taken right now, in whole units. */
  remaining(): number {
    return Math.max(0, Math.floor(this.#refill() + EPSILON));
  }

  /** Ms until the bucket is full. */
  resetMs(): number {
    return (this.#capacity - this.#refill()) / this.#rate;
  }

  fill(): void {
    this.#level = this.#capacity;
    this.#at = this.#clock.now();
  }

  #refill(): number {
    const now = this.#clock.now();
    this.#level = Math.min(this.#capacity, this.#level + (now - this.#at) * this.#rate);
    this.#at = now;
    return this.#level;
  }
}
