import { Pace } from './pace.ts';
import { SlidingWindow } from './sliding-window.ts';

/** Over what time the rate before the first rejection is measured, in ms; a burst counts as a second's worth. */
const MEASURE_MS = 3000;
const LEAST_MEASURE_MS = 1000;
/** Share of the ceiling at which to go on after a rejection; less after the first, whose ceiling is a guess. */
const FALL = 0.9;
const FIRST_FALL = 0.8;
/** The same for an endpoint that says it is overloaded: it needs room, not just a little less. */
const OVERLOADED_FALL = 0.5;
/** Time in which the rate is back at the ceiling, in ms, or in requests where those take longer. */
const REACH_MS = 30_000;
const REACH_REQUESTS = 150;
/** Beyond this, as a multiple of that time, the ceiling has proved to be none. */
const OUTGROWN = 1.75;
/** Time in which the rate doubles while no ceiling is known, in ms. */
const DOUBLE_MS = 7000;
const LEAST_PER_SECOND = 0.1;
/** Where to begin, at the least, if nothing at all was accepted. */
const LEAST_START_PER_SECOND = 1;
/** Whoever takes later than this after it was due, in ms, was not held back by the rate. */
const LATE_MS = 50;

/** A request to which the endpoint said "too many", or that it cannot keep up. */
export interface Rejection {
  /** Nothing is sent before that, in ms of the clock. */
  readonly resumeAt: number;
  /** The first of a storm; the others of the same storm only tell that less was accepted than it seemed. */
  readonly first: boolean;
  readonly overloaded: boolean;
}

/** What was known when a storm of rejections began, and how many it has brought. */
interface Storm {
  readonly perSecond: number | undefined;
  readonly ceiling: number | undefined;
  /** Requests sent since the storm before, or in the time of measuring, and how long that is. */
  readonly sent: number;
  readonly ms: number;
  readonly fall: number;
  rejected: number;
}

/**
 * Finds a rate that an endpoint with unknown limits accepts: none at first, then, from the first rejection, one
 * that rises along a cubic curve (as CUBIC's window does, RFC 9438): fast back to near the ceiling, flat
 * around it, faster again when nothing is rejected there. The ceiling is what was accepted between two storms:
 * the endpoint had nothing left at either, so it is just what it refills. What is in flight counts as accepted
 * until it is rejected too: answers may take long, rejections come at once.
 */
export class AdaptiveRate {
  #recent: SlidingWindow;
  readonly #pace: Pace;
  #activeSince: number;
  /** The rate after the last fall; undefined while nothing was ever rejected. */
  #base: number | undefined;
  /** The rate that is accepted for good; undefined while that is not known. */
  #ceiling: number | undefined;
  /** Time for which the rate has held requests back since the last fall: else there is nothing to learn. */
  #risenMs = 0;
  #tookAt: number;
  #storm: Storm | undefined;
  #stormAt = 0;
  #sentSinceStorm = 0;

  constructor(now: number) {
    this.#recent = new SlidingWindow(MEASURE_MS, now);
    this.#pace = new Pace(now);
    this.#activeSince = now;
    this.#tookAt = now;
  }

  /** Requests a second allowed now; undefined while nothing was ever rejected. */
  get perSecond(): number | undefined {
    const base = this.#base;
    if (base === undefined) return undefined;
    if (this.#ceiling === undefined) return base * 2 ** (this.#risenMs / DOUBLE_MS);
    const reachMs = Math.max(REACH_MS, (REACH_REQUESTS * 1000) / this.#ceiling);
    const curveMs = Math.min(this.#risenMs, OUTGROWN * reachMs);
    const onCurve = this.#ceiling + (this.#ceiling - base) * (curveMs / reachMs - 1) ** 3;
    return onCurve * 2 ** ((this.#risenMs - curveMs) / DOUBLE_MS);
  }

  waitMs(now: number): number {
    return this.#base === undefined ? 0 : this.#pace.waitMs(now);
  }

  take(now: number): void {
    const { perSecond } = this;
    if (perSecond === undefined) {
      this.#recent.add(1, now);
      return;
    }
    this.#sentSinceStorm += 1;
    if (this.#pace.lateMs(now) < LATE_MS) this.#risenMs += now - this.#tookAt;
    this.#tookAt = now;
    this.#pace.take(1000 / perSecond, now);
  }

  rejected(now: number, { resumeAt, first, overloaded }: Rejection): void {
    if (first || this.#storm === undefined) this.#begin(now, overloaded);
    if (this.#storm !== undefined) this.#fall(this.#storm);
    this.#risenMs = 0;
    this.#tookAt = resumeAt;
    this.#pace.resume(resumeAt);
  }

  #begin(now: number, overloaded: boolean): void {
    const { perSecond } = this;
    const usual = perSecond === undefined ? FIRST_FALL : FALL;
    const measure = Math.min(MEASURE_MS, Math.max(LEAST_MEASURE_MS, now - this.#activeSince));
    this.#storm = {
      perSecond,
      ceiling: this.#ceiling,
      sent: perSecond === undefined ? this.#recent.used(now) : this.#sentSinceStorm,
      ms: perSecond === undefined ? measure : Math.max(1, now - this.#stormAt),
      fall: overloaded ? OVERLOADED_FALL : usual,
      rejected: 0,
    };
    this.#stormAt = now;
    this.#sentSinceStorm = 0;
  }

  #fall(storm: Storm): void {
    storm.rejected += 1;
    const { perSecond, sent, ms, rejected, fall } = storm;
    if (rejected < sent) {
      const accepted = ((sent - rejected) * 1000) / ms;
      const tooHigh = perSecond ?? accepted;
      this.#ceiling = Math.max(LEAST_PER_SECOND, Math.min(tooHigh, (accepted + tooHigh) / 2));
      this.#base = Math.max(LEAST_PER_SECOND, this.#ceiling * fall);
      return;
    }
    // Nothing was accepted: the limit was used up before, which says little about the rate.
    this.#ceiling = storm.ceiling;
    const before = perSecond ?? Math.max(LEAST_START_PER_SECOND, (sent * 1000) / ms);
    this.#base = Math.max(LEAST_PER_SECOND, before * Math.min(fall, FIRST_FALL));
  }
}
