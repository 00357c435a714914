import { Pace } from './pace.ts';
import { SlidingWindow } from './sliding-window.ts';

/** Over what time the rate of answers is measured, in ms, and the least that a measure is made of. */
const MEASURE_MS = 3000;
const LEAST_MEASURE_MS = 1000;
/** After a rejection: this share of the rate at which answers came. */
const FALL = 0.8;
/** Rise a second, as a share of the rate after the fall; slower near the rate that was rejected. */
const RISE = 0.05;
const CAREFUL_RISE = 0.01;
const CAREFUL_FROM = 0.9;
const LEAST_PER_SECOND = 0.1;

/**
 * Finds a rate that an endpoint with unknown limits accepts: none at first, then, from the first rejection,
 * additive rise and multiplicative fall around the rate at which answers really came.
 */
export class AdaptiveRate {
  readonly #answers: SlidingWindow;
  readonly #pace: Pace;
  #activeSince: number;
  #perSecond: number | undefined;
  #fellTo = 0;
  #rejectedAt = 0;

  constructor(now: number) {
    this.#answers = new SlidingWindow(MEASURE_MS, now);
    this.#pace = new Pace(now);
    this.#activeSince = now;
  }

  /** Requests a second allowed now; undefined while nothing was ever rejected. */
  get perSecond(): number | undefined {
    return this.#perSecond;
  }

  waitMs(now: number): number {
    return this.#perSecond === undefined ? 0 : this.#pace.waitMs(now);
  }

  take(now: number): void {
    if (this.#perSecond !== undefined) this.#pace.take(1000 / this.#perSecond, now);
  }

  answered(now: number): void {
    this.#answers.add(1, now);
    if (this.#perSecond === undefined) return;
    const careful = this.#perSecond > this.#rejectedAt * CAREFUL_FROM;
    // One answer's share of a second's rise, so that the rise does not depend on the rate itself.
    this.#perSecond += (this.#fellTo * (careful ? CAREFUL_RISE : RISE)) / this.#perSecond;
  }

  /** The endpoint said "too many"; nothing is sent before `resumeAt`. Call once a storm. */
  rejected(now: number, resumeAt: number): void {
    const activeMs = Math.min(MEASURE_MS, Math.max(LEAST_MEASURE_MS, now - this.#activeSince));
    const measured = (this.#answers.used(now) * 1000) / activeMs;
    this.#rejectedAt = Math.min(this.#perSecond ?? Number.POSITIVE_INFINITY, measured);
    this.#perSecond = Math.max(LEAST_PER_SECOND, this.#rejectedAt * FALL);
    this.#fellTo = this.#perSecond;
    this.#activeSince = resumeAt;
    this.#pace.resume(resumeAt);
  }
}
