import type { Folded } from './fold.ts';

const FIRST_ROWS = 1024;

/** A row can be good, can have been met in the input, and can have lost its place to a later one. */
const GOOD = 1;
const SEEN = 2;
const DROPPED = 4;

/**
 * The rows of a journal by the hash of their keys, in order of the file, in arrays of numbers: 27 bytes a row and 4
 * to 8 a slot, so about 40 MB for a million rows.
 */
export class RowTable {
  /** Row number + 1; 0 where the slot is free. */
  #slots = new Uint32Array(FIRST_ROWS * 2);
  #high = new Uint32Array(FIRST_ROWS);
  #low = new Uint32Array(FIRST_ROWS);
  #contentHigh = new Uint32Array(FIRST_ROWS);
  #contentLow = new Uint32Array(FIRST_ROWS);
  #offsets = new Float64Array(FIRST_ROWS);
  #makers = new Uint16Array(FIRST_ROWS);
  #flags = new Uint8Array(FIRST_ROWS);
  #size = 0;

  /** Rows, dropped ones included. */
  get size(): number {
    return this.#size;
  }

  /** The row of this key that counts: the last; undefined where there is none. */
  find({ high, low }: Folded): number | undefined {
    const row = this.#slots[this.#slotOf(high, low)] ?? 0;
    return row === 0 ? undefined : row - 1;
  }

  /** Adds a row that begins at this offset of the file; one with the same key that was there is dropped. */
  add(key: Folded, content: Folded, offset: number, maker: number, isGood: boolean): void {
    if (this.#size === this.#offsets.length) this.#grow();
    const row = this.#size++;
    this.#high[row] = key.high;
    this.#low[row] = key.low;
    this.#contentHigh[row] = content.high;
    this.#contentLow[row] = content.low;
    this.#offsets[row] = offset;
    this.#makers[row] = maker;
    this.#flags[row] = isGood ? GOOD : 0;
    const slot = this.#slotOf(key.high, key.low);
    const earlier = this.#slots[slot] ?? 0;
    if (earlier > 0) this.drop(earlier - 1);
    this.#slots[slot] = row + 1;
  }

  hasContent(row: number, { high, low }: Folded): boolean {
    return this.#contentHigh[row] === high && this.#contentLow[row] === low;
  }

  isGood(row: number): boolean {
    return this.#has(row, GOOD);
  }

  isDropped(row: number): boolean {
    return this.#has(row, DROPPED);
  }

  isSeen(row: number): boolean {
    return this.#has(row, SEEN);
  }

  see(row: number): void {
    this.#flags[row] = (this.#flags[row] ?? 0) | SEEN;
  }

  drop(row: number): void {
    this.#flags[row] = (this.#flags[row] ?? 0) | DROPPED;
  }

  /** Number of the settings that made the row. */
  maker(row: number): number {
    return this.#makers[row] ?? 0;
  }

  /** Where the row begins in the file. */
  offset(row: number): number {
    return this.#offsets[row] ?? 0;
  }

  move(row: number, offset: number): void {
    this.#offsets[row] = offset;
  }

  #has(row: number, flag: number): boolean {
    return ((this.#flags[row] ?? 0) & flag) !== 0;
  }

  /** The slot of this key, or the free one where it belongs. */
  #slotOf(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    let slot = low & mask;
    for (;;) {
      const row = (this.#slots[slot] ?? 0) - 1;
      if (row === -1 || (this.#high[row] === high && this.#low[row] === low)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const rows = this.#offsets.length * 2;
    this.#high = copy(this.#high, new Uint32Array(rows));
    this.#low = copy(this.#low, new Uint32Array(rows));
    this.#contentHigh = copy(this.#contentHigh, new Uint32Array(rows));
    this.#contentLow = copy(this.#contentLow, new Uint32Array(rows));
    this.#offsets = copy(this.#offsets, new Float64Array(rows));
    this.#makers = copy(this.#makers, new Uint16Array(rows));
    this.#flags = copy(this.#flags, new Uint8Array(rows));
    this.#slots = new Uint32Array(rows * 2);
    for (let row = 0; row < this.#size; row++) {
      this.#slots[this.#slotOf(this.#high[row] ?? 0, this.#low[row] ?? 0)] = row + 1;
    }
  }
}

function copy<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
