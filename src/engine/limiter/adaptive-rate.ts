import { Pace } from './pace.ts';
import { SlidingWindow } from './sliding-window.ts';

/** Over what time the rate before the first rejection is measured, in ms; a burst counts as a second's worth. */
const MEASURE_MS = 3000;
const LEAST_MEASURE_MS = 1000;
/** Share of the ceiling at which to go on after a rejection; less after the first, whose ceiling is a guess. */
const FALL = 0.9;
const FIRST_FALL = 0.8;
/** The same for an endpoint that says it is overloaded: it needs room, not just a little less. */
const OVERLOADED_FALL = 0.7;
const OVERLOADED_FIRST_FALL = 0.5;
/** However well the ceiling is known, the rate falls by this share, or it would never rise beyond it again. */
const LEAST_FALL = 0.02;
/** Time in which the rate is back at the ceiling, in ms, or in requests where those take longer. */
const REACH_MS = 30_000;
const REACH_REQUESTS = 150;
/** Beyond this, as a multiple of that time, the ceiling has proved to be none. */
const OUTGROWN = 2;
/** Time in which the rate doubles while no ceiling is known, in ms, or in requests where those take longer. */
const DOUBLE_MS = 7000;
const DOUBLE_REQUESTS = 30;
/** What an endpoint may have saved up, in ms' worth, or in requests: more beyond its limit shows that it is none. */
const SAVED_MS = 2000;
const SAVED_REQUESTS = 3;
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

/** Between which the endpoint's limit is, in requests a second: what it refills, and what it rejected. */
interface Bounds {
  readonly low: number;
  readonly high: number;
}

const UNBOUNDED: Bounds = { low: 0, high: Number.POSITIVE_INFINITY };

/** What was known when a storm of rejections began, and how many it has brought. */
interface Storm {
  readonly perSecond: number | undefined;
  readonly ceiling: number | undefined;
  readonly bounds: Bounds;
  /** Requests sent beyond `bounds.high`, in all. */
  readonly beyond: number;
  readonly overloaded: boolean;
  /** Requests sent since the storm before, or in the time of measuring, and how long that is. */
  readonly sent: number;
  readonly ms: number;
  rejected: number;
}

/**
 * Finds a rate that an endpoint with unknown limits accepts: none at first, then, from the first rejection, one
 * that rises along a cubic curve (as CUBIC's window does, RFC 9438): fast back to near the ceiling, flat
 * around it, faster again when nothing is rejected there.
 *
 * The ceiling is taken from two bounds that each storm brings closer together. The endpoint had nothing left at
 * either of two storms, so it refills at least what it accepted between them; and at most the rate that it
 * rejected. What is in flight counts as accepted until it is rejected too: answers may take long, rejections come
 * at once. A bound that what follows contradicts is given up: limits change.
 */
export class AdaptiveRate {
  #recent: SlidingWindow;
  readonly #pace: Pace;
  #activeSince: number;
  /** The rate after the last fall; undefined while nothing was ever rejected. */
  #base: number | undefined;
  /** The rate that is accepted for good; undefined while that is not known. */
  #ceiling: number | undefined;
  /** It comes of the first storm: what had been accepted until then may be a burst, or a slow start. */
  #isGuess = false;
  #bounds: Bounds = UNBOUNDED;
  #beyond = 0;
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
    const doubleMs = Math.max(DOUBLE_MS, (DOUBLE_REQUESTS * 1000) / (this.#ceiling ?? base));
    if (this.#ceiling === undefined || this.#isGuess) return base * 2 ** (this.#risenMs / doubleMs);
    const reachMs = Math.max(REACH_MS, (REACH_REQUESTS * 1000) / this.#ceiling);
    const curveMs = Math.min(this.#risenMs, OUTGROWN * reachMs);
    const span = curveMs < reachMs ? this.#ceiling - base : this.#ceiling * (1 - FALL);
    const onCurve = this.#ceiling + span * (curveMs / reachMs - 1) ** 3;
    return onCurve * 2 ** ((this.#risenMs - curveMs) / doubleMs);
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
    if (this.#pace.lateMs(now) < LATE_MS) this.#rise(now - this.#tookAt, perSecond);
    this.#tookAt = now;
    this.#pace.take(1000 / perSecond, now);
  }

  rejected(now: number, { resumeAt, first, overloaded }: Rejection): void {
    if (first || this.#storm === undefined) this.#begin(now, overloaded);
    if (this.#storm !== undefined) this.#fall(this.#storm);
    this.#risenMs = 0;
    // It has nothing left; where the rate is low, a pause may be too short for anything to come in.
    const refillMs = this.#ceiling === undefined ? 0 : 1000 / this.#ceiling;
    const at = Math.max(resumeAt, now + refillMs);
    this.#tookAt = at;
    this.#pace.resume(at);
  }

  #rise(ms: number, perSecond: number): void {
    this.#risenMs += ms;
    const { high } = this.#bounds;
    if (perSecond > high) this.#beyond += 1 - (high * ms) / 1000;
  }

  #begin(now: number, overloaded: boolean): void {
    const { perSecond } = this;
    const measure = Math.min(MEASURE_MS, Math.max(LEAST_MEASURE_MS, now - this.#activeSince));
    this.#storm = {
      perSecond,
      ceiling: this.#ceiling,
      bounds: this.#bounds,
      beyond: this.#beyond,
      overloaded,
      sent: perSecond === undefined ? this.#recent.used(now) : this.#sentSinceStorm,
      ms: perSecond === undefined ? measure : Math.max(1, now - this.#stormAt),
      rejected: 0,
    };
    this.#stormAt = now;
    this.#sentSinceStorm = 0;
    this.#beyond = 0;
  }

  #fall(storm: Storm): void {
    storm.rejected += 1;
    if (storm.rejected < storm.sent) this.#fallBelow(storm);
    else this.#fallFrom(storm);
  }

  /** Something was accepted: that tells where the ceiling is. */
  #fallBelow(storm: Storm): void {
    const { perSecond, sent, ms, rejected } = storm;
    const accepted = ((sent - rejected) * 1000) / ms;
    this.#isGuess = perSecond === undefined;
    this.#bounds = perSecond === undefined ? UNBOUNDED : narrowed(storm, perSecond);
    const ceiling = Math.max(LEAST_PER_SECOND, ceilingOf(storm, accepted, this.#bounds));
    const sure = Math.min(this.#bounds.low, ceiling * (1 - LEAST_FALL));
    this.#ceiling = ceiling;
    this.#base = Math.max(LEAST_PER_SECOND, ceiling * fallOf(storm), sure);
  }

  /** Nothing was: the limit was used up before, which tells of the ceiling only that it is not too low. */
  #fallFrom(storm: Storm): void {
    const { perSecond, ceiling, bounds, sent, ms } = storm;
    this.#bounds = bounds;
    this.#ceiling = ceiling === undefined || bounds.low === 0 ? ceiling : Math.sqrt(bounds.low * ceiling);
    const before = perSecond ?? Math.max(LEAST_START_PER_SECOND, (sent * 1000) / ms);
    const most = Math.min(before, this.#ceiling ?? before);
    this.#base = Math.max(LEAST_PER_SECOND, most * Math.min(fallOf(storm), FIRST_FALL));
  }
}

function fallOf({ perSecond, overloaded }: Storm): number {
  if (perSecond === undefined) return overloaded ? OVERLOADED_FIRST_FALL : FIRST_FALL;
  return overloaded ? OVERLOADED_FALL : FALL;
}

function ceilingOf({ perSecond, overloaded }: Storm, accepted: number, { low, high }: Bounds): number {
  if (perSecond === undefined) return accepted;
  if (overloaded) return Math.max(perSecond, accepted);
  return (Math.max(low, Math.min(accepted, high)) + high) / 2;
}

/** The bounds after a storm at that rate. */
function narrowed(storm: Storm, perSecond: number): Bounds {
  const { bounds, beyond, overloaded, sent, rejected, ms } = storm;
  // One less: the level may have been anywhere within a request at either end.
  const refilled = (Math.max(0, sent - rejected - 1) * 1000) / ms;
  // What was too much at a time was not the rate's fault; and what an endpoint can bear changes.
  if (overloaded) return { low: refilled, high: bounds.high };
  const saved = Math.max(SAVED_REQUESTS, (bounds.high * SAVED_MS) / 1000);
  const high = beyond - rejected > saved ? perSecond : Math.min(perSecond, bounds.high);
  const low = bounds.low < high ? Math.max(bounds.low, refilled) : refilled;
  return { low: Math.min(low, high), high };
}
