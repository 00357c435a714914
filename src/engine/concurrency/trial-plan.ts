/** While it has always paid so far. */
const RAMP_FACTOR = 2;
/** First step of a later trial up, and of each one down. Smaller ones drown in noise. */
const UP_FACTOR = 1.4;
const DOWN_FACTOR = 0.7;
/** Time between trials, in ms: doubles with each that changed nothing. */
const LEAST_REST_MS = 1000;
const MOST_REST_MS = 60_000;
/** The same after a trial that was answered by "slow down": that costs a pause. */
const REBUFF_REST_MS = 10_000;
const MOST_REBUFF_REST_MS = 300_000;

/** Decides which limit is tried next, and when. */
export class TrialPlan {
  readonly #most: number;
  #ramping = true;
  #direction: 'up' | 'down' = 'up';
  #factor = RAMP_FACTOR;
  #restMs = LEAST_REST_MS;
  #rebuffRestMs = REBUFF_REST_MS;
  #dueAt = 0;
  /** The limit at which the endpoint last said "slow down". */
  #ceiling = Number.POSITIVE_INFINITY;

  constructor(most: number) {
    this.#most = most;
  }

  /** The first climb: it goes on at once as long as it pays. */
  get ramping(): boolean {
    return this.#ramping;
  }

  isDue(now: number): boolean {
    return now >= this.#dueAt;
  }

  /** The limit to try, from `limit`; the same where there is no other. */
  next(limit: number): number {
    if (this.#direction === 'up' && limit >= this.#most) {
      this.#direction = 'down';
      this.#ramping = false;
    }
    if (this.#direction === 'down' && limit <= 1) this.#direction = 'up';
    if (this.#direction === 'down') return Math.min(limit - 1, Math.ceil(limit * DOWN_FACTOR));
    return Math.min(
      this.#most,
      Math.max(limit + 1, this.#belowCeiling(limit, Math.round(limit * this.#factor))),
    );
  }

  /** It paid: further in the same direction at once. */
  succeeded(to: number): void {
    this.#dueAt = 0;
    this.#restMs = LEAST_REST_MS;
    if (to >= this.#ceiling) this.#ceiling = Number.POSITIVE_INFINITY;
    if (this.#direction === 'up') this.#factor = Math.min(RAMP_FACTOR, this.#factor * UP_FACTOR);
  }

  /** It did not pay: a rest, then the other direction. */
  failed(now: number): void {
    this.#ramping = false;
    this.#direction = this.#direction === 'up' ? 'down' : 'up';
    this.#factor = UP_FACTOR;
    this.#dueAt = now + this.#restMs;
    this.#restMs = Math.min(MOST_REST_MS, this.#restMs * 2);
  }

  /** It could not be judged: there was not enough to send. Again soon. */
  starved(now: number): void {
    this.#dueAt = now + LEAST_REST_MS;
  }

  /** The endpoint was overloaded at `limit`. `byTrial`: a trial up had just begun, and is to blame. */
  rebuffed(limit: number, now: number, byTrial: boolean): void {
    this.#ramping = false;
    this.#direction = 'up';
    this.#factor = UP_FACTOR;
    this.#ceiling = limit;
    this.#restMs = LEAST_REST_MS;
    this.#dueAt = now + (byTrial ? this.#rebuffRestMs : LEAST_REST_MS);
    this.#rebuffRestMs = byTrial ? Math.min(MOST_REBUFF_REST_MS, this.#rebuffRestMs * 2) : REBUFF_REST_MS;
  }

  /** Half of the way to where it was too much. */
  #belowCeiling(from: number, to: number): number {
    return from < this.#ceiling ? Math.min(to, Math.floor((from + this.#ceiling) / 2)) : to;
  }
}
