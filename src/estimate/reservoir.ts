import type { Random } from '../core/clock.ts';

/** A fair sample of a stream of unknown length (algorithm R): each item is in it with the same chance. */
export class Reservoir<T> {
  readonly items: T[] = [];
  readonly #size: number;
  readonly #random: Random;
  #seen = 0;

  constructor(size: number, random: Random) {
    this.#size = size;
    this.#random = random;
  }

  /** Takes the item that `make` gives, or does not so much as make it. Until it is full, the order is kept. */
  offer(make: () => T): void {
    this.#seen += 1;
    if (this.items.length < this.#size) {
      this.items.push(make());
      return;
    }
    const place = Math.floor(this.#random() * this.#seen);
    if (place < this.#size) this.items[place] = make();
  }
}
