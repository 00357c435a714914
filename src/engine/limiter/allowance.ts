/** What an endpoint said of the window of a limit that runs now. */
export interface WindowState {
  /** Allowed in a window of `windowMs`. */
  readonly limit: number;
  readonly windowMs: number;
  readonly remaining: number;
  /** Ms until the window is full again. */
  readonly resetMs: number;
  /** When the request went out whose reply said so, in ms of the clock. */
  readonly sentAt: number;
}

/** How far a reset may be off and still be rounded (to whole seconds), in ms and as a share of a short window. */
const ROUNDED_MS = 1000;
const ROUNDED_SHARE = 0.05;
/** How much less than a new window has to be left, as a share of it, before that proves anything. */
const CLEARLY = 0.1;

/**
 * Heeds what the endpoint says is left of a limit, which others may use too. Windows come in two kinds, which
 * look alike in one reply: fixed ones, where nothing comes back before the reset, and buckets, which refill
 * all the time and whose reset is the time until they are full, however much that is. A window counts as fixed
 * until it is known to be a bucket, by one of two signs:
 * - the reset is just the time in which what was used refills (a bucket that holds the whole limit);
 * - a reset has passed, and the next one is nearer than the end of a new window could be.
 * The stricter word counts: replies come late, and say nothing of what was sent since.
 */
export class Allowance {
  #left = 0;
  #at = 0;
  #until = Number.NEGATIVE_INFINITY;
  /** What comes back each ms; 0 in a fixed window. */
  #perMs = 0;
  #isBucket = false;
  /** When the window that was last heard of ends: replies come late, so the earliest end is nearest to the truth. */
  #endsAt: number | undefined;

  heard(state: WindowState, now: number): void {
    if (!this.#isBucket && this.#isOutdated(state, now)) return;
    const until = Math.min(
      now + state.resetMs,
      this.#isBucket ? Number.POSITIVE_INFINITY : (this.#endsAt ?? 0),
    );
    if (until <= now || state.remaining >= this.#leftAt(now)) return;
    this.#left = Math.max(0, state.remaining);
    this.#at = now;
    this.#until = until;
    this.#perMs = this.#isBucket || refillsUntilReset(state) ? state.limit / state.windowMs : 0;
  }

  /** Ms until `amount` may be taken. What is larger than the bucket goes when the bucket is full. */
  waitMs(amount: number, now: number): number {
    const missing = amount - this.#leftAt(now);
    if (missing <= 0) return 0;
    return Math.min(this.#until - now, this.#perMs > 0 ? missing / this.#perMs : Number.POSITIVE_INFINITY);
  }

  take(amount: number): void {
    this.#left -= amount;
  }

  /** Corrects what was taken at `takenAt` by `delta`. */
  correct(delta: number, takenAt: number): void {
    if (takenAt >= this.#at) this.#left -= delta;
  }

  #leftAt(now: number): number {
    return now < this.#until ? this.#left + this.#perMs * (now - this.#at) : Number.POSITIVE_INFINITY;
  }

  /** Whether a reply may speak of a window that is over. Else learns from it where windows end, and their kind. */
  #isOutdated({ windowMs, resetMs, sentAt }: WindowState, now: number): boolean {
    const endsAt = this.#endsAt ?? now + resetMs;
    if (now < endsAt || this.#endsAt === undefined) {
      this.#endsAt = Math.min(endsAt, now + resetMs);
      return false;
    }
    if (sentAt < endsAt) return true;
    const leastLeft = windowMs - (now - endsAt);
    this.#isBucket = resetMs < leastLeft - CLEARLY * windowMs;
    this.#endsAt = now + resetMs;
    return false;
  }
}

/** Whether the reset is as far off as what was used takes to come back. */
function refillsUntilReset({ limit, windowMs, remaining, resetMs }: WindowState): boolean {
  const cellMs = windowMs / limit;
  const rounding = Math.min(ROUNDED_MS, ROUNDED_SHARE * windowMs) + cellMs;
  return Math.abs((limit - remaining) * cellMs - resetMs) <= rounding;
}
