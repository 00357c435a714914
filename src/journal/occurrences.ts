import { type Folded, foldText } from './fold.ts';

const FIRST_SLOTS = 1024;

/**
 * Counts how often each digest came. An open hash table in three arrays of numbers, 12 bytes a slot and at most
 * three slots of four in use: 24 MB for a million digests, where a Map of strings takes 100.
 */
export class Occurrences {
  #high = new Uint32Array(FIRST_SLOTS);
  #low = new Uint32Array(FIRST_SLOTS);
  /** 0 where the slot is free. */
  #counts = new Uint32Array(FIRST_SLOTS);
  #used = 0;
  readonly #folded: Folded = { high: 0, low: 0 };

  /** Counts this one too; 1 for the first. */
  add(digest: string): number {
    foldText(digest, this.#folded);
    const { high, low } = this.#folded;
    const slot = this.#find(high, low);
    const count = (this.#counts[slot] ?? 0) + 1;
    this.#counts[slot] = count;
    if (count > 1) return count;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#used += 1;
    if (this.#used > this.#counts.length * 0.75) this.#grow();
    return 1;
  }

  /** The slot of this hash, or the free one where it belongs. */
  #find(high: number, low: number): number {
    const mask = this.#counts.length - 1;
    let slot = low & mask;
    while (this.#counts[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [high, low, counts] = [this.#high, this.#low, this.#counts];
    const slots = counts.length * 2;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#counts = new Uint32Array(slots);
    for (let old = 0; old < counts.length; old++) {
      if (counts[old] === 0) continue;
      const slot = this.#find(high[old] ?? 0, low[old] ?? 0);
      this.#high[slot] = high[old] ?? 0;
      this.#low[slot] = low[old] ?? 0;
      this.#counts[slot] = counts[old] ?? 0;
    }
  }
}
