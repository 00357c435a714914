/** Attempts in a window, at the least. */
const LEAST_WINDOW = 20;
/** Standard deviations, and faults besides, above the usual number: some endpoints are flaky however few ask. */
const SURPRISE = 4;
const SPARE = 2;
/** And so many times the usual number: hung requests time out in waves. */
const TIMES = 3;
/** Weight of a window in the usual share of faults. */
const WEIGHT = 0.2;

/** Tells when timeouts, resets and server errors become clearly more than is usual for this endpoint. */
export class FaultWatch {
  #usual: number | undefined;
  #ended = 0;
  #faults = 0;

  /** Counts an attempt; true where the window that it ends (at least `window` attempts) is alarming. */
  count(ok: boolean, window: number): boolean {
    this.#ended += 1;
    if (!ok) this.#faults += 1;
    if (this.#ended < Math.max(LEAST_WINDOW, window)) return false;
    const [ended, faults] = [this.#ended, this.#faults];
    this.forget();
    const usual = this.#usual ?? faults / ended;
    const expected = ended * usual;
    const surprising = expected + SURPRISE * Math.sqrt(expected * (1 - usual)) + SPARE;
    const alarming = faults > Math.max(surprising, expected * TIMES);
    if (!alarming) this.#usual = usual + WEIGHT * (faults / ended - usual);
    return alarming;
  }

  /** What was alarming has proved to have nothing to do with the load: it is the usual from now on. */
  accept(share: number): void {
    this.#usual = share;
    this.forget();
  }

  forget(): void {
    this.#ended = 0;
    this.#faults = 0;
  }
}
