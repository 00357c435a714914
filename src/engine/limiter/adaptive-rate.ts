import { Pace } from './pace.ts';
import { SlidingWindow } from './sliding-window.ts';

/** Over what time the rate is measured, in ms; an opening burst counts as a second's worth. */
const MEASURE_MS = 3000;
const LEAST_MEASURE_MS = 1000;
/** After a rejection: this share of the rate that was accepted. */
const FALL = 0.8;
/** Rise a second, as a share of the rate that was too high; slower near that rate. */
const RISE = 0.05;
const CAREFUL_RISE = 0.01;
const CAREFUL_FROM = 0.9;
/** Rise with each answer, in requests a second, while nothing is known: doubles in seven seconds. */
const SLOW_START = 0.1;
const LEAST_PER_SECOND = 0.1;
/** Where to begin, at the least, if nothing at all was accepted. */
const LEAST_START_PER_SECOND = 1;

/** What was known when a storm of rejections began, and how many it has brought. */
interface Storm {
  readonly perSecond: number | undefined;
  readonly tooHigh: number | undefined;
  readonly sent: number;
  readonly sentPerSecond: number;
  rejected: number;
}

/**
 * Finds a rate that an endpoint with unknown limits accepts: none at first, then, from the first rejection,
 * additive rise and multiplicative fall around the rate at which requests were accepted. What is in flight
 * counts as accepted until it is rejected too: answers may take long, rejections come at once.
 */
export class AdaptiveRate {
  #sent: SlidingWindow;
  readonly #pace: Pace;
  #activeSince: number;
  #perSecond: number | undefined;
  /** The rate that was last found to be too high; undefined while that is not known. */
  #tooHigh: number | undefined;
  #storm: Storm | undefined;

  constructor(now: number) {
    this.#sent = new SlidingWindow(MEASURE_MS, now);
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
    this.#sent.add(1, now);
    if (this.#perSecond !== undefined) this.#pace.take(1000 / this.#perSecond, now);
  }

  answered(): void {
    if (this.#perSecond === undefined) return;
    this.#perSecond += this.#tooHigh === undefined ? SLOW_START : riseOf(this.#perSecond, this.#tooHigh);
  }

  /**
   * The endpoint said "too many" to one request; nothing is sent before `resumeAt`. `first`: it is the first
   * of a storm; the others of the same storm only tell that less was accepted than it seemed.
   */
  rejected(now: number, resumeAt: number, first: boolean): void {
    const storm = first || this.#storm === undefined ? this.#begin(now) : this.#storm;
    storm.rejected += 1;
    this.#fall(storm);
    this.#activeSince = resumeAt;
    this.#pace.resume(resumeAt);
  }

  #begin(now: number): Storm {
    const leastMs = this.#perSecond === undefined ? LEAST_MEASURE_MS : 1;
    const activeMs = Math.min(MEASURE_MS, Math.max(leastMs, now - this.#activeSince));
    const sent = this.#sent.used(now);
    this.#sent = new SlidingWindow(MEASURE_MS, now);
    this.#storm = {
      perSecond: this.#perSecond,
      tooHigh: this.#tooHigh,
      sent,
      sentPerSecond: (sent * 1000) / activeMs,
      rejected: 0,
    };
    return this.#storm;
  }

  #fall({ perSecond, tooHigh, sent, sentPerSecond, rejected }: Storm): void {
    if (rejected < sent) {
      const accepted = sentPerSecond * (1 - rejected / sent);
      this.#tooHigh = Math.min(perSecond ?? accepted, accepted);
      this.#perSecond = Math.max(LEAST_PER_SECOND, this.#tooHigh * FALL);
      return;
    }
    // Nothing was accepted: the limit was used up before, which says little about the rate.
    this.#tooHigh = tooHigh;
    const before = perSecond ?? Math.max(LEAST_START_PER_SECOND, sentPerSecond);
    this.#perSecond = Math.max(LEAST_PER_SECOND, before * FALL);
  }
}

/** One answer's share of a second's rise, so that the rise does not depend on the rate itself. */
function riseOf(perSecond: number, tooHigh: number): number {
  const careful = perSecond > tooHigh * CAREFUL_FROM;
  return (tooHigh * (careful ? CAREFUL_RISE : RISE)) / perSecond;
}
