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
  /** How far the pace lay behind when something was last taken, in ms; negative if it did not. */
  #owedMs = 0;

  constructor(now: number) {
    this.#due = now;
  }

  waitMs(now: number): number {
    return Math.max(0, this.#due - now);
  }

  /** Ms since the next one was due; negative if it is not due yet. */
  lateMs(now: number): number {
    return now - this.#due;
  }

  /** `held`: it was due before, but something else held it back. What was lost by that is made up for. */
  take(ms: number, now: number, held = false): void {
    const catchUpMs = Math.max(CATCH_UP_MS, held ? now - this.#due : this.#owedMs);
    this.#due = Math.max(this.#due, now - catchUpMs) + ms;
    this.#owedMs = now - this.#due;
  }

  /** Moves what is due by a correction of something taken before. */
  shift(ms: number): void {
    this.#due += ms;
  }

  /** Nothing before `at`, and what was missed until then is not made up for. */
  resume(at: number): void {
    this.#due = Math.max(this.#due, at);
    this.#owedMs = 0;
  }
}
