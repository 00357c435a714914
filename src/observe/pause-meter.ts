/** Adds up the times in which the run is told to send nothing; overlapping pauses count once. */
export class PauseMeter {
  #count = 0;
  #until = Number.NEGATIVE_INFINITY;
  #plannedMs = 0;

  /** A pause that begins while another runs only makes it longer. Times in monotonic ms. */
  add(at: number, untilMs: number): void {
    if (untilMs <= this.#until) return;
    if (at >= this.#until) this.#count += 1;
    this.#plannedMs += untilMs - Math.max(at, this.#until);
    this.#until = untilMs;
  }

  get count(): number {
    return this.#count;
  }

  /** What is left of the pause that runs now; 0 when none does. */
  leftMs(now: number): number {
    return Math.max(0, this.#until - now);
  }

  pausedMs(now: number): number {
    return this.#plannedMs - this.leftMs(now);
  }
}
