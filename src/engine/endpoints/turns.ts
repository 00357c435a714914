interface Weighted {
  readonly weight: number;
}

/**
 * Whose turn it is among those that could all take something, in proportion to their weights and evenly mixed (nginx's
 * smooth weighted round robin). Those that cannot take part neither lose nor save up anything.
 */
export class Turns<T extends Weighted> {
  readonly #due = new Map<T, number>();

  next(ready: readonly [T, ...T[]]): T {
    let sum = 0;
    let [chosen] = ready;
    for (const one of ready) {
      sum += one.weight;
      const due = this.#owed(one) + one.weight;
      this.#due.set(one, due);
      if (due > this.#owed(chosen)) chosen = one;
    }
    this.#due.set(chosen, this.#owed(chosen) - sum);
    return chosen;
  }

  #owed(one: T): number {
    return this.#due.get(one) ?? 0;
  }
}
