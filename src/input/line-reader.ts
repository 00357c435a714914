import type { InputRow, Place } from '../core/record.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import type { FormatOptions, FormatReader } from './format-reader.ts';
import { jsonFault } from './json-fault.ts';
import type { RecordReader } from './read-record.ts';
import type { OwnId } from './record-id.ts';
import { LineSplitter, type RawLine } from './split-lines.ts';

type FromJson = (value: unknown, at: Place, raw: string) => InputRow;

export interface LineOptions extends FormatOptions {
  readonly json: boolean;
  /** Makes a row of what a line holds. Default: a record with its text in a field. */
  readonly fromJson?: FromJson | undefined;
}

/** Reads one record a line, as plain text or as JSON. Blank lines count as lines but are no records. */
export class LineReader implements FormatReader {
  readonly finished = false;
  readonly #options: FormatOptions;
  readonly #records: RecordReader;
  readonly #json: boolean;
  readonly #fromJson: FromJson;
  readonly #splitter: LineSplitter;

  constructor(records: RecordReader, options: LineOptions) {
    this.#options = options;
    this.#records = records;
    this.#json = options.json;
    this.#fromJson = options.fromJson ?? ((value, at, raw) => records.fromJson(value, at, raw));
    this.#splitter = new LineSplitter(options.maxBytes);
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

  *#rows(lines: Iterable<RawLine>): Generator<InputRow> {
    for (const { line, bytes } of lines) {
      const row = this.#row(bytes, line);
      if (row !== undefined) yield row;
    }
  }

  #row(bytes: Buffer | undefined, line: number): InputRow | undefined {
    const at = { file: this.#options.file, line };
    if (bytes === undefined) {
      const reason = `the line is longer than ${this.#options.maxBytes} bytes`;
      return this.#records.broken('line_too_long', reason, at, {
        hint: 'allow longer lines with --max-line',
      });
    }
    const text = decodeUtf8(bytes);
    if (text === undefined) {
      const id = this.#json ? this.#salvageId(bytes) : undefined;
      return this.#records.broken('invalid_utf8', 'the line is not valid UTF-8', at, {
        id,
        raw: bytes.toString('latin1'),
      });
    }
    if (!/\S/.test(text)) return undefined;
    if (!this.#json) return this.#records.fromText(text, at);
    // Files that each began with a byte order mark may have been joined.
    const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch (error) {
      return this.#records.broken('invalid_json', jsonFault(error), at, { raw: json });
    }
    return this.#fromJson(value, at, json);
  }

  #salvageId(bytes: Buffer): OwnId | undefined {
    try {
      const id = this.#records.idOf(JSON.parse(bytes.toString('utf8')));
      return id?.id.includes('\uFFFD') ? undefined : id;
    } catch {
      return undefined;
    }
  }
}
