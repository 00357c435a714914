import { parse } from 'csv-parse/sync';
import { AppError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { InputRow, Place } from '../core/record.ts';
import { type CsvOptions, checkColumns } from './csv-columns.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import type { FormatOptions, FormatReader } from './format-reader.ts';
import type { RecordReader } from './read-record.ts';
import type { OwnId } from './record-id.ts';
import { type CsvFault, CsvSplitter, type RawCsv } from './split-csv.ts';

const NOT_UTF8 = 'the record is not valid UTF-8';

/**
 * Reads CSV or TSV (RFC 4180, any delimiter): the first record names the fields of the others. Blank lines are no
 * records. `push` throws `usage` for a first record that names no fields that could be used.
 */
export class CsvReader implements FormatReader {
  readonly finished = false;
  readonly #records: RecordReader;
  readonly #options: FormatOptions & CsvOptions;
  readonly #splitter: CsvSplitter;
  #columns: readonly string[] | undefined;

  constructor(records: RecordReader, options: FormatOptions & CsvOptions) {
    this.#records = records;
    this.#options = options;
    this.#splitter = new CsvSplitter(options.delimiter, options.maxBytes);
  }

  get line(): number {
    return this.#splitter.line;
  }

  push(chunk: Buffer): Iterable<InputRow> {
    return this.#rows(this.#splitter.split(chunk));
  }

  end(): Iterable<InputRow> {
    return this.#rows(this.#splitter.end());
  }

  *#rows(found: Iterable<RawCsv>): Generator<InputRow> {
    for (const raw of found) {
      if (isBlank(raw)) continue;
      if (this.#columns === undefined) this.#columns = this.#readColumns(raw);
      else yield this.#row(raw, this.#columns);
    }
  }

  #readColumns(raw: RawCsv): readonly string[] {
    const at = this.#place(raw);
    const text = raw.fault === undefined ? decodeUtf8(raw.bytes) : undefined;
    if (text === undefined) {
      const reason = raw.fault === undefined ? NOT_UTF8 : this.#reasonOf(raw, raw.fault);
      throw new AppError('usage', `${at.file}:${at.line}: no column names can be read: ${reason}`, {
        hint: 'the first record has to name the columns',
      });
    }
    const columns = this.#cells(text);
    checkColumns(columns, at, this.#options);
    return columns;
  }

  #row(raw: RawCsv, columns: readonly string[]): InputRow {
    const at = this.#place(raw);
    if (raw.fault !== undefined) return this.#faulty(raw, raw.fault, at);
    const text = decodeUtf8(raw.bytes);
    if (text === undefined) {
      const id = raw.cells === columns.length ? this.#salvageId(raw.bytes, columns) : undefined;
      return this.#records.broken('invalid_utf8', NOT_UTF8, at, { id, raw: raw.bytes.toString('latin1') });
    }
    if (raw.cells !== columns.length) {
      const reason = `the record has ${counted(raw.cells)}, the first line ${columns.length}`;
      return this.#records.broken('invalid_csv', reason, at, { raw: text });
    }
    return this.#records.fromJson(named(columns, this.#cells(text)), at);
  }

  #faulty(raw: RawCsv, fault: CsvFault, at: Place): InputRow {
    const reason = this.#reasonOf(raw, fault);
    if (fault === 'long') {
      return this.#records.broken('line_too_long', reason, at, {
        hint: 'allow longer records with --max-line',
      });
    }
    const text = decodeUtf8(raw.bytes) ?? raw.bytes.toString('latin1');
    return this.#records.broken('invalid_csv', reason, at, {
      hint: 'a quote inside a quoted cell is written twice',
      ...(fault !== 'lost' && { raw: text }),
    });
  }

  #reasonOf({ line, lastLine }: RawCsv, fault: CsvFault): string {
    const lines = lastLine > line ? ` and was not read, up to line ${lastLine}` : '';
    switch (fault) {
      case 'quote':
        return 'something follows a closing quote';
      case 'open':
        return 'a quote is opened and never closed';
      case 'long':
        return `the record is longer than ${this.#options.maxBytes} bytes${lines}`;
      case 'lost':
        return 'a quote is opened and never closed; the rest of the input was not read';
    }
  }

  /** The cells of one whole record. Only quotes make it worth to ask the parser: it takes 15 µs a call. */
  #cells(text: string): string[] {
    const { delimiter } = this.#options;
    if (!text.includes('"')) return text.split(delimiter);
    const [cells = []] = parse(text, { delimiter, record_delimiter: '\n', relax_quotes: true });
    return cells;
  }

  #salvageId(bytes: Buffer, columns: readonly string[]): OwnId | undefined {
    const id = this.#records.idOf(named(columns, this.#cells(bytes.toString('utf8'))));
    return id?.id.includes('\uFFFD') ? undefined : id;
  }

  #place({ line }: RawCsv): Place {
    return { file: this.#options.file, line };
  }
}

function isBlank({ fault, cells, bytes }: RawCsv): boolean {
  return fault === undefined && cells === 1 && bytes.every((byte) => byte <= 0x20);
}

function named(columns: readonly string[], cells: readonly string[]): JsonObject {
  return Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? '']));
}

function counted(cells: number): string {
  return cells === 1 ? 'one column' : `${cells} columns`;
}
