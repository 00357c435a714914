/** Width of a bin in ms: the error at either edge of a window. */
const BIN_MS = 10;

/** The most that ever fell into one sliding window, in memory that depends on the window alone. */
export class SlidingMaximum {
  readonly #bins: Float64Array;
  #newest = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #max = 0;

  constructor(windowMs: number) {
    this.#bins = new Float64Array(windowMs / BIN_MS);
  }

  get max(): number {
    return this.#max;
  }

  /** `nowMs` is monotonic. */
  add(nowMs: number, amount: number): void {
    const size = this.#bins.length;
    const bin = Math.floor(nowMs / BIN_MS);
    for (let old = Math.max(this.#newest + 1, bin - size + 1); old <= bin; old++) {
      this.#sum -= this.#bins[old % size] ?? 0;
      this.#bins[old % size] = 0;
    }
    this.#newest = bin;
    this.#bins[bin % size] = (this.#bins[bin % size] ?? 0) + amount;
    this.#sum += amount;
    this.#max = Math.max(this.#max, this.#sum);
  }
}
