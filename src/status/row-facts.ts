import { type ErrorCode, FAILURES, perhapsBilled } from '../core/failures.ts';
import type { FoundRow } from '../journal/found-row.ts';

const FIRST_ROWS = 1024;

const TRUNCATED = 1;
const NO_TOKENS = 2;
const NO_COST = 4;
/** The number of the error code stands above the flags. */
const CODE = 8;

const BOTH_COUNTS = /^\{"input_tokens":\d+,"output_tokens":\d+/;

/** What the journal does not keep of its rows, by their number there: 8 bytes a row. */
export class RowFacts {
  #lines = new Uint32Array(FIRST_ROWS);
  #facts = new Uint32Array(FIRST_ROWS);
  #size = 0;
  readonly #codes: string[] = [];

  /** Of the next row; `line` is 1-based. */
  add(row: FoundRow, line: number): void {
    if (this.#size === this.#lines.length) this.#grow();
    this.#lines[this.#size] = line;
    this.#facts[this.#size] = this.#read(row);
    this.#size += 1;
  }

  /** Where the row stands in the file, 1-based. */
  line(row: number): number {
    return this.#lines[row] ?? 0;
  }

  isTruncated(row: number): boolean {
    return this.#has(row, TRUNCATED);
  }

  /** Whether the row took tokens, or may have, and does not tell how many. */
  lacksTokens(row: number): boolean {
    return this.#has(row, NO_TOKENS);
  }

  /** The same of what they cost. */
  lacksCost(row: number): boolean {
    return this.#has(row, NO_COST);
  }

  /** Of a row that failed; `unknown` where it does not tell. */
  errorCode(row: number): string {
    return this.#codes[Math.floor((this.#facts[row] ?? 0) / CODE)] ?? 'unknown';
  }

  #read(row: FoundRow): number {
    const truncated = row.isTruncated ? TRUNCATED : 0;
    const code = row.isGood ? undefined : (row.errorCode ?? 'unknown');
    const number = code === undefined ? 0 : this.#numberOf(code);
    const maySpend = !row.isUnsent && (code === undefined || mayBeBilled(code));
    const tokens = maySpend && !BOTH_COUNTS.test(row.usage ?? '') ? NO_TOKENS : 0;
    const cost = maySpend && row.costUsd === undefined ? NO_COST : 0;
    return truncated + tokens + cost + number * CODE;
  }

  #numberOf(code: string): number {
    const number = this.#codes.indexOf(code);
    return number === -1 ? this.#codes.push(code) - 1 : number;
  }

  #has(row: number, flag: number): boolean {
    return ((this.#facts[row] ?? 0) & flag) !== 0;
  }

  #grow(): void {
    const [lines, facts] = [this.#lines, this.#facts];
    this.#lines = new Uint32Array(lines.length * 2);
    this.#lines.set(lines);
    this.#facts = new Uint32Array(facts.length * 2);
    this.#facts.set(facts);
  }
}

/** A code of another version may be; so may one that is not told. */
function mayBeBilled(code: string): boolean {
  return !Object.hasOwn(FAILURES, code) || perhapsBilled(code as ErrorCode);
}
