const FIRST = 1024;

/** A list of numbers, 8 bytes each. */
export class GrowingNumbers {
  #numbers = new Float64Array(FIRST);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Undefined for what was never set. */
  get(index: number): number | undefined {
    const number = this.#numbers[index];
    return index < this.#length && number !== -1 ? number : undefined;
  }

  /** Takes whole numbers from 0; places that are left out stay unset. */
  set(index: number, number: number): void {
    while (index >= this.#numbers.length) this.#grow();
    if (index > this.#length) this.#numbers.fill(-1, this.#length, index);
    this.#numbers[index] = number;
    this.#length = Math.max(this.#length, index + 1);
  }

  *values(): Generator<number> {
    for (let index = 0; index < this.#length; index++) {
      const number = this.get(index);
      if (number !== undefined) yield number;
    }
  }

  #grow(): void {
    const longer = new Float64Array(this.#numbers.length * 2);
    longer.set(this.#numbers);
    this.#numbers = longer;
  }
}
