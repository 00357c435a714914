/** Enough to go and look. */
const FEW = 5;

/** Counts things, and keeps the first few. */
export class FirstFew<T> {
  readonly first: T[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(thing: T): void {
    this.#count += 1;
    if (this.first.length < FEW) this.first.push(thing);
  }
}
