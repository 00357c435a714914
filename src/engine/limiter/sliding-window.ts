/** Slots a window is divided into: an amount stays counted up to one slot longer than the window. */
const SLOTS = 600;

/**
 * How much was taken within the last `windowMs`, in bounded memory. It never counts too little: whatever
 * happened inside any window of that length is in the sum.
 */
export class SlidingWindow {
  readonly slotMs: number;
  readonly #amounts = new Float64Array(SLOTS + 1);
  #newest: number;
  #sum = 0;

  constructor(windowMs: number, now: number) {
    this.slotMs = windowMs / SLOTS;
    this.#newest = this.#slotAt(now);
  }

  /** Sum of the window that ends now. */
  used(now: number): number {
    this.#advance(now);
    return this.#sum;
  }

  add(amount: number, now: number): void {
    this.#advance(now);
    this.#put(this.#newest, amount);
  }

  /** Corrects an amount that was added at `addedAt`; does nothing once that has left the window. */
  correct(delta: number, addedAt: number, now: number): void {
    this.#advance(now);
    const slot = this.#slotAt(addedAt);
    if (slot >= this.#newest - SLOTS) this.#put(slot, delta);
  }

  /** Ms until at most `allowed` is left in the window, if nothing is added meanwhile. */
  waitUntilAtMost(allowed: number, now: number): number {
    this.#advance(now);
    let left = this.#sum;
    for (let slot = this.#newest - SLOTS; left > allowed && slot <= this.#newest; slot++) {
      left -= this.#amounts[this.#index(slot)] ?? 0;
      if (left <= allowed) return (slot + SLOTS + 1) * this.slotMs - now;
    }
    return 0;
  }

  /** All that is in the window, slot by slot; each time is one within its slot. */
  taken(now: number): [at: number, amount: number][] {
    this.#advance(now);
    const taken: [number, number][] = [];
    for (let slot = this.#newest - SLOTS; slot <= this.#newest; slot++) {
      const amount = this.#amounts[this.#index(slot)] ?? 0;
      if (amount > 0) taken.push([(slot + 0.5) * this.slotMs, amount]);
    }
    return taken;
  }

  #put(slot: number, amount: number): void {
    const index = this.#index(slot);
    this.#amounts[index] = (this.#amounts[index] ?? 0) + amount;
    this.#sum += amount;
  }

  #advance(now: number): void {
    const current = this.#slotAt(now);
    if (current - this.#newest > SLOTS) {
      this.#amounts.fill(0);
      this.#sum = 0;
      this.#newest = current;
    }
    while (this.#newest < current) {
      this.#newest += 1;
      const index = this.#index(this.#newest);
      this.#sum -= this.#amounts[index] ?? 0;
      this.#amounts[index] = 0;
    }
    if (this.#sum < 1e-9) this.#sum = Math.max(0, this.#sum);
  }

  #slotAt(time: number): number {
    return Math.floor(time / this.slotMs);
  }

  #index(slot: number): number {
    return ((slot % (SLOTS + 1)) + SLOTS + 1) % (SLOTS + 1);
  }
}
