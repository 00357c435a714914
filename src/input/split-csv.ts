import { type CsvScan, CsvScanner } from '../core/csv-scanner.ts';

const LF = 0x0a;
const CR = 0x0d;
/** A buffer that has grown beyond this goes once it is needed no more. */
const LARGE = 4 * 1024 * 1024;

/**
 * `quote`: something follows a closing quote. `open`: a quote is never closed; the next line is read anew.
 * `long`: longer than the maximum; `lost`: the same, and a quote is open still at the end of the input.
 */
export type CsvFault = 'quote' | 'open' | 'long' | 'lost';

export interface RawCsv {
  /** Line on which it begins, 1-based. */
  readonly line: number;
  /** The last line of what was left out with it. */
  readonly lastLine: number;
  readonly fault: CsvFault | undefined;
  /** Without its line end; only the first line where that is at fault. Valid until the next chunk. */
  readonly bytes: Buffer;
  readonly cells: number;
}

/**
 * Cuts chunks of bytes into CSV records. After a fault it goes on with the line after that on which the record began,
 * so that a quote too many costs one record. Holds at most one record, and no more of it than `maxBytes`.
 */
export class CsvSplitter {
  readonly #maxBytes: number;
  readonly #scanner: CsvScanner;
  #buffer = Buffer.alloc(0);
  /** The record that is being read begins here; the bytes end there. */
  #from = 0;
  #to = 0;
  /** Where to go on looking for its end. */
  #next = 0;
  #line = 1;
  /** Line ends of this record that are not held any more. */
  #passed = 0;
  #scan: CsvScan = 'unended';
  #isLong = false;

  constructor(delimiter: ',' | '\t', maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#scanner = new CsvScanner(delimiter, false);
  }

  /** The line on which the record begins that is being read, 1-based. */
  get line(): number {
    return this.#line;
  }

  /** The records that end in this chunk. */
  *split(chunk: Buffer): Generator<RawCsv> {
    this.#append(chunk);
    yield* this.#records();
  }

  /** The last record, where no line end follows it, and those that an open quote has kept back. */
  *end(): Generator<RawCsv> {
    while (this.#from < this.#to || this.#isLong) {
      if (this.#isLong) yield this.#finish(this.#to, this.#scan === 'open' ? 'lost' : 'long');
      else if (this.#scan === 'unended') yield this.#finish(this.#to, undefined);
      else yield this.#firstLine(this.#scan === 'open' ? 'open' : 'quote');
      yield* this.#records();
    }
  }

  *#records(): Generator<RawCsv> {
    while (this.#next < this.#to || this.#scan === 'bad') {
      if (this.#scan !== 'bad') this.#read();
      if (this.#scan === 'record') {
        yield this.#finish(this.#next, this.#isLong ? 'long' : undefined);
      } else if (this.#scan === 'bad') {
        const end = this.#bytes.indexOf(LF, this.#isLong ? this.#next : this.#from);
        if (end === -1) break;
        yield this.#isLong ? this.#finish(end + 1, 'long') : this.#firstLine('quote');
      }
    }
    if (this.#isLong || this.#to - this.#from > this.#maxBytes + 1) this.#letGo();
  }

  get #bytes(): Buffer {
    return this.#buffer.subarray(0, this.#to);
  }

  #read(): void {
    this.#scan = this.#scanner.scan(this.#bytes, this.#next);
    this.#next = this.#scanner.at;
  }

  /** Ends the record before this place, its line end included. */
  #finish(end: number, fault: CsvFault | undefined): RawCsv {
    const line = this.#line;
    const held = this.#buffer.subarray(this.#from, end);
    const bytes = withoutLineEnd(held);
    const lines = this.#passed + countLineEnds(held);
    const isLong = fault === undefined && bytes.length > this.#maxBytes;
    const cells = this.#scanner.cells;
    this.#begin(end, line + lines);
    return {
      ...{ line, lastLine: line + lines - (held.at(-1) === LF ? 1 : 0) },
      ...{ fault: isLong ? 'long' : fault, bytes, cells },
    };
  }

  /** Gives up on a record: only its first line is left out. */
  #firstLine(fault: CsvFault): RawCsv {
    const end = this.#bytes.indexOf(LF, this.#from) + 1;
    return this.#finish(end === 0 ? this.#to : end, fault);
  }

  #begin(at: number, line: number): void {
    this.#from = at;
    this.#next = at;
    this.#line = line;
    this.#passed = 0;
    this.#isLong = false;
    this.#scan = 'unended';
    this.#scanner.begin();
  }

  /** Forgets what is held of a record that is too long; its end is looked for still. */
  #letGo(): void {
    this.#isLong = true;
    this.#passed += countLineEnds(this.#buffer.subarray(this.#from, this.#to));
    this.#from = this.#to;
    this.#next = this.#to;
  }

  #append(chunk: Buffer): void {
    const rest = this.#to - this.#from;
    const needed = rest + chunk.length;
    const isTooLarge = this.#buffer.length > LARGE && needed < LARGE;
    const target =
      needed > this.#buffer.length || isTooLarge
        ? Buffer.allocUnsafeSlow(Math.max(needed, isTooLarge ? 0 : 2 * rest))
        : this.#buffer;
    this.#buffer.copy(target, 0, this.#from, this.#to);
    chunk.copy(target, rest);
    this.#buffer = target;
    this.#next -= this.#from;
    this.#from = 0;
    this.#to = needed;
  }
}

function withoutLineEnd(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== LF) return bytes;
  return bytes.subarray(0, bytes.at(-2) === CR ? -2 : -1);
}

function countLineEnds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) count += 1;
  return count;
}
