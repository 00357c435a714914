import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import { CsvScanner } from '../core/csv-scanner.ts';
import { CsvRowReader } from './csv-row-reader.ts';
import { OWN_COLUMNS, type RowKind, type VisitRow } from './found-row.ts';
import type { ByteSource } from './read-lines.ts';

const LF = 0x0a;
const BOM = Buffer.from('\uFEFF');
const BLOCK_BYTES = 1024 * 1024;

/** A line that may be damaged, or else belongs to the torn end. */
interface Doubtful {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Reads CSV row by row. What is no row is left behind a line at a time, so that a damage never takes the rows after it
 * along, whatever its quotes make of them. Resolves to the columns that a table of ours has instead of these. Holds a
 * megabyte, or the longest row.
 */
export async function readCsvRows(
  file: ByteSource,
  columns: readonly string[],
  visit: VisitRow,
): Promise<readonly string[] | undefined> {
  const rows = new CsvRows(columns, visit);
  let buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let held = 0;
  /** Place in the file of the buffer's first byte. */
  let start = 0;
  for (;;) {
    if (held === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    const { bytesRead } = await file.read(buffer, held, buffer.length - held, start + held);
    held += bytesRead;
    const end = rows.read(buffer.subarray(0, held), start, bytesRead === 0);
    if (bytesRead === 0) return rows.otherColumns;
    buffer.copyWithin(0, end, held);
    held -= end;
    start += end;
  }
}

class CsvRows {
  otherColumns: readonly string[] | undefined;
  readonly #columns: readonly string[];
  readonly #visit: VisitRow;
  readonly #scanner = new CsvScanner(',', true);
  readonly #reader: CsvRowReader;
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #line = 1;
  /** Whether no byte of the bytes is a fault in itself. */
  #areSound = true;
  /** Lines since something began that is no row, and has not ended at the end of the file. */
  #doubtful: Doubtful[] = [];

  constructor(columns: readonly string[], visit: VisitRow) {
    this.#columns = columns;
    this.#visit = visit;
    this.#reader = new CsvRowReader(columns);
  }

  /** Visits what ends in these bytes, which begin at `start` in the file. Returns the place after it among them. */
  read(bytes: Buffer, start: number, isLast: boolean): number {
    this.#bytes = bytes;
    this.#start = start;
    this.#areSound = isSound(isLast ? bytes : bytes.subarray(0, bytes.lastIndexOf(LF) + 1));
    let from = 0;
    while (from < bytes.length) {
      const next = this.#next(from, isLast);
      if (next === undefined) break;
      from = next;
    }
    if (isLast) this.#endTorn();
    return from;
  }

  /** The place after what begins here; undefined where its end is not among the bytes. */
  #next(from: number, isLast: boolean): number | undefined {
    this.#scanner.begin();
    const scan = this.#scanner.scan(this.#bytes, this.#isFirst(from) && this.#hasMark() ? BOM.length : from);
    const isEnded = scan === 'record';
    if (isEnded || (isLast && scan === 'unended')) {
      const end = this.#scanner.at;
      const kind = this.#kindOf(from, end);
      if (kind !== undefined) {
        this.#settleDoubtful();
        this.#found(kind, from, isEnded ? end - 1 : end, isEnded);
        return end;
      }
    } else if (!isLast && scan !== 'bad') return undefined;
    const lineEnd = this.#bytes.indexOf(LF, from);
    if (lineEnd === -1 && !isLast) return undefined;
    const to = lineEnd === -1 ? this.#bytes.length : lineEnd;
    const isUnended = scan === 'open' || scan === 'unended' || lineEnd === -1;
    if (isUnended || this.#doubtful.length > 0) this.#doubt(from, to);
    else this.#found('damaged', from, to, true);
    return to + 1;
  }

  #kindOf(from: number, end: number): RowKind | undefined {
    if (!this.#areSound && !isSound(this.#bytes.subarray(from, end))) return undefined;
    if (this.#reader.read(this.#bytes, this.#scanner)) return 'row';
    return this.#isFirst(from) ? this.#headerOf(this.#bytes.toString('utf8', 0, end)) : undefined;
  }

  #isFirst(from: number): boolean {
    return this.#start === 0 && from === 0;
  }

  #hasMark(): boolean {
    return this.#bytes.subarray(0, BOM.length).equals(BOM);
  }

  #headerOf(text: string): RowKind | undefined {
    const columns = this.#columns;
    const [names = []] = parse(text, {
      bom: true,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
    });
    const isOwn = names.length === columns.length && names.every((name, i) => name === columns[i]);
    if (isOwn) return text.endsWith('\r\n') ? 'crlf' : 'header';
    if (OWN_COLUMNS.every((name) => names.includes(name))) this.otherColumns = names;
    return undefined;
  }

  #found(kind: RowKind, from: number, to: number, isEnded: boolean): void {
    const offset = this.#start + from;
    const end = this.#start + to + (isEnded ? 1 : 0);
    this.#visit({ kind, line: this.#line, offset, end, isEnded, bytes: this.#bytes, from, to }, this.#reader);
    this.#line += lineEnds(this.#bytes, from, to) + (isEnded ? 1 : 0);
  }

  #doubt(from: number, to: number): void {
    this.#doubtful.push({ line: this.#line, from, to });
    this.#line += 1;
  }

  /** A row follows: these lines are damage in the middle. */
  #settleDoubtful(): void {
    const after = this.#line;
    for (const { line, from, to } of this.#doubtful.splice(0)) {
      this.#line = line;
      this.#found('damaged', from, to, true);
    }
    this.#line = after;
  }

  /** No row follows: they are the beginning of one row. */
  #endTorn(): void {
    const [first] = this.#doubtful;
    if (first === undefined) return;
    this.#line = first.line;
    this.#found('damaged', first.from, this.#bytes.length, false);
  }
}

/** UTF-8 without the zeroes that a power cut may leave in place of a block. */
function isSound(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

/** Line ends within a row. */
function lineEnds(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LF, from); at !== -1 && at < to; at = bytes.indexOf(LF, at + 1)) count += 1;
  return count;
}
