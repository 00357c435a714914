/** How far back "recent" reaches, in whole seconds. */
const SECONDS = 10;
const SLOTS = SECONDS + 1;

/** Counts things by the second in a ring, to tell their rate over the last ten seconds. */
export class RecentRate {
  readonly #startedAt: number;
  readonly #counts = new Float64Array(SLOTS);
  #second = 0;

  /** `startedAt` in monotonic ms, as all times here. */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  add(at: number): void {
    this.#moveTo(at);
    const slot = this.#second % SLOTS;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
  }

  /** Things a second; over the time since the start where that is shorter than ten seconds. */
  perSecond(now: number): number {
    this.#moveTo(now);
    const elapsed = Math.max(0, now - this.#startedAt) / 1000;
    const span = Math.min(elapsed, SECONDS + elapsed - Math.floor(elapsed));
    if (span === 0) return 0;
    return this.#counts.reduce((sum, count) => sum + count, 0) / span;
  }

  #moveTo(at: number): void {
    const second = Math.floor(Math.max(0, at - this.#startedAt) / 1000);
    if (second <= this.#second) return;
    const passed = Math.min(SLOTS, second - this.#second);
    for (let step = 0; step < passed; step += 1) this.#counts[(second - step) % SLOTS] = 0;
    this.#second = second;
  }
}
