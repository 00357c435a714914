/** Counts what is open by the record it belongs to, so that a record's end closes all that is left of it. */
export class OpenTally {
  readonly #open = new Map<string, number>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(id: string): void {
    this.#open.set(id, (this.#open.get(id) ?? 0) + 1);
    this.#size += 1;
  }

  /** Takes one off, if there is one. */
  remove(id: string): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#size -= 1;
    if (open === 1) this.#open.delete(id);
    else this.#open.set(id, open - 1);
  }

  removeAll(id: string): void {
    this.#size -= this.#open.get(id) ?? 0;
    this.#open.delete(id);
  }
}
