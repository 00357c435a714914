/** Observations kept: the newest. */
const KEPT = 128;
/** So many new ones, at most, go by before the quantile is looked up anew. */
const STALE_AFTER = 8;

/** A quantile of the newest observations, in bounded memory. */
export class RunningQuantile {
  readonly #share: number;
  readonly #values = new Float64Array(KEPT);
  #seen = 0;
  #value: number | undefined;

  /** `share`: of the observations that lie at or below it. */
  constructor(share: number) {
    this.#share = share;
  }

  /** Undefined before the first observation. */
  get value(): number | undefined {
    return this.#value;
  }

  add(observation: number): void {
    this.#values[this.#seen % KEPT] = observation;
    this.#seen += 1;
    if (this.#seen > STALE_AFTER && this.#seen % STALE_AFTER !== 0) return;
    const sorted = this.#values.slice(0, Math.min(this.#seen, KEPT)).sort();
    this.#value = sorted[Math.ceil(this.#share * sorted.length) - 1];
  }
}
