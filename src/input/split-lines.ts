const LF = 0x0a;
const CR = 0x0d;
const NOTHING = Buffer.alloc(0);

export interface RawLine {
  /** 1-based. */
  readonly line: number;
  /** Without its line end; undefined where it is longer than the maximum. Valid until the next chunk. */
  readonly bytes: Buffer | undefined;
}

/**
 * Cuts chunks of bytes into lines. Only LF ends a line, and a CR before it is dropped; U+2028, U+0085,
 * VT, FF and a lone CR are text. Holds at most one line, and no more of it than `maxBytes`.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #held = 0;
  #line = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The line that is being read, 1-based. */
  get line(): number {
    return this.#line + 1;
  }

  /** The lines that end in this chunk. The chunk may be overwritten once all of them are taken. */
  *split(chunk: Buffer): Generator<RawLine> {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      yield this.#finish(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  /** The last line, where no line end follows it. */
  *end(): Generator<RawLine> {
    if (this.#held > 0) yield this.#finish(NOTHING);
  }

  #hold(tail: Buffer): void {
    this.#held += tail.length;
    if (this.#fits(this.#held)) this.#parts.push(Buffer.from(tail));
    else this.#parts = [];
  }

  #finish(last: Buffer): RawLine {
    this.#line += 1;
    const fits = this.#fits(this.#held + last.length);
    const all = this.#held === 0 || !fits ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#held = 0;
    const bytes = all.at(-1) === CR ? all.subarray(0, -1) : all;
    return { line: this.#line, bytes: fits && bytes.length <= this.#maxBytes ? bytes : undefined };
  }

  /** One byte more than the maximum may be the CR. */
  #fits(length: number): boolean {
    return length <= this.#maxBytes + 1;
  }
}
