/**
 * How far a pace may catch up, in ms. Timers fire late; without some allowance each delay would be lost
 * quota. It also bounds the burst after an idle spell: no more than this time's worth.
 */
const CATCH_UP_MS = 100;

/**
 * Spreads amounts evenly over time (the generic cell rate algorithm, ITU-T I.371): each one pushes the time
 * at which the next is due. It begins with nothing saved up, so there is no opening burst.
 */
export class Pace {
  #due: number;

  constructor(now: number) {
    this.#due = now;
  }

  waitMs(now: number): number {
    return Math.max(0, this.#due - now);
  }

  take(ms: number, now: number): void {
    this.#due = Math.max(this.#due, now - CATCH_UP_MS) + ms;
  }

  /** Moves what is due by a correction of something taken before. */
  shift(ms: number): void {
    this.#due += ms;
  }

  /** Nothing before `at`, and what was missed until then is not made up for. */
  resume(at: number): void {
    this.#due = Math.max(this.#due, at);
  }
}
