import type { CsvScanner } from '../core/csv-scanner.ts';
import { DIGEST_CHARS, SHORT_CHARS } from './digest.ts';
import { type Folded, foldBytes } from './fold.ts';
import { type FoundRow, OWN_COLUMNS } from './found-row.ts';
import { hasWord } from './json-scanner.ts';

const QUOTE = 0x22;
const HASH = 0x23;
const OK = Buffer.from('ok');
const ERROR = Buffer.from('error');
const TRUE = Buffer.from('true');
const ZERO = Buffer.from('0');
/** 1 for each byte of base64url. */
const DIGEST_BYTES = bytesOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const DIGITS = bytesOf('0123456789');

const NAMES = [
  ...OWN_COLUMNS,
  ...['input_tokens', 'output_tokens', 'cost_usd', 'truncated', 'attempts', 'error_code'],
] as const;

/** Reads what the journal needs of a record of CSV. */
export class CsvRowReader implements FoundRow {
  readonly key: Folded = { high: 0, low: 0 };
  readonly content: Folded = { high: 0, low: 0 };
  readonly #count: number;
  /** Which cell each of `NAMES` is; where it begins and ends, its quotes left out. */
  readonly #cells: readonly number[];
  readonly #from = new Uint32Array(NAMES.length);
  readonly #to = new Uint32Array(NAMES.length);
  #bytes: Buffer = Buffer.alloc(0);

  constructor(columns: readonly string[]) {
    this.#count = columns.length;
    this.#cells = NAMES.map((name) => columns.indexOf(name));
  }

  /** Whether the record that the scanner has read is a row. Then the other members tell of it. */
  read(bytes: Buffer, record: CsvScanner): boolean {
    if (record.cells !== this.#count) return false;
    this.#bytes = bytes;
    for (let i = 0; i < NAMES.length; i++) this.#take(i, record);
    const isRow =
      this.#isKey() &&
      this.#isDigest(1, SHORT_CHARS) &&
      this.#isDigest(2, SHORT_CHARS) &&
      (this.#is(3, OK) || this.#is(3, ERROR));
    if (!isRow) return false;
    foldBytes(bytes, this.#start(0), this.#end(0), this.key);
    foldBytes(bytes, this.#start(2), this.#end(2), this.content);
    return true;
  }

  get isGood(): boolean {
    return this.#is(3, OK);
  }

  get madeBy(): string {
    return this.#text(1);
  }

  isMadeBy(name: Buffer): boolean {
    return this.#is(1, name);
  }

  get usage(): string {
    return JSON.stringify({ input_tokens: this.#number(4), output_tokens: this.#number(5) });
  }

  get costUsd(): number | undefined {
    return this.#number(6);
  }

  get isTruncated(): boolean {
    return this.#is(7, TRUE);
  }

  get isUnsent(): boolean {
    return this.#is(8, ZERO);
  }

  get errorCode(): string | undefined {
    return this.#text(9) || undefined;
  }

  #take(name: number, record: CsvScanner): void {
    const cell = this.#cells[name] ?? -1;
    const from = record.from[cell] ?? 0;
    const to = record.to[cell] ?? 0;
    const quotes = to - from > 1 && this.#bytes[from] === QUOTE ? 1 : 0;
    this.#from[name] = from + quotes;
    this.#to[name] = to - quotes;
  }

  /** A digest, and which occurrence of it this is where it is not the first: `#2`. */
  #isKey(): boolean {
    const from = this.#start(0);
    const to = this.#end(0);
    const end = from + DIGEST_CHARS;
    if (to < end || !this.#areAll(DIGEST_BYTES, from, end)) return false;
    return to === end || (this.#bytes[end] === HASH && to > end + 1 && this.#areAll(DIGITS, end + 1, to));
  }

  #isDigest(name: number, length: number): boolean {
    const from = this.#start(name);
    return this.#end(name) - from === length && this.#areAll(DIGEST_BYTES, from, from + length);
  }

  #areAll(allowed: Uint8Array, from: number, to: number): boolean {
    for (let at = from; at < to; at++) if (allowed[this.#bytes[at] ?? 0] !== 1) return false;
    return true;
  }

  #is(name: number, word: Buffer): boolean {
    const [from, to] = [this.#start(name), this.#end(name)];
    return to - from === word.length && hasWord(this.#bytes, from, to, word);
  }

  #number(name: number): number | undefined {
    const text = this.#text(name);
    const number = Number(text);
    return text === '' || Number.isNaN(number) ? undefined : number;
  }

  #text(name: number): string {
    return this.#bytes.toString('latin1', this.#start(name), this.#end(name));
  }

  #start(name: number): number {
    return this.#from[name] ?? 0;
  }

  #end(name: number): number {
    return this.#to[name] ?? 0;
  }
}

function bytesOf(characters: string): Uint8Array {
  const all = new Uint8Array(256);
  for (const byte of Buffer.from(characters)) all[byte] = 1;
  return all;
}
