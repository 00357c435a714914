import type { InputRow, Place } from '../core/record.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import type { FormatOptions, FormatReader } from './format-reader.ts';
import { jsonFault } from './json-fault.ts';
import type { RecordReader } from './read-record.ts';

/** Reads a whole input as one record: as a text whose id is the input's name, or as one JSON value. */
export class WholeReader implements FormatReader {
  readonly line = 1;
  readonly #records: RecordReader;
  readonly #options: FormatOptions & { readonly json: boolean };
  #parts: Buffer[] = [];
  #length = 0;

  constructor(records: RecordReader, options: FormatOptions & { readonly json: boolean }) {
    this.#records = records;
    this.#options = options;
  }

  get finished(): boolean {
    return this.#length > this.#options.maxBytes;
  }

  push(chunk: Buffer): Iterable<InputRow> {
    this.#length += chunk.length;
    if (this.finished) this.#parts = [];
    else this.#parts.push(Buffer.from(chunk));
    return [];
  }

  end(): Iterable<InputRow> {
    const { file, json, maxBytes } = this.#options;
    const at = { file, line: 1 };
    const id = json ? undefined : ({ id: file, idKind: 'text' } as const);
    if (this.finished) {
      const reason = `the file is longer than ${maxBytes} bytes`;
      const hint = 'allow longer files with --max-line';
      return [this.#records.broken('line_too_long', reason, at, { id, hint })];
    }
    const text = decodeUtf8(Buffer.concat(this.#parts));
    this.#parts = [];
    if (text === undefined)
      return [this.#records.broken('invalid_utf8', 'the file is not valid UTF-8', at, { id })];
    return [json ? this.#parse(text, at) : this.#records.fromText(text, at, id)];
  }

  #parse(text: string, at: Place): InputRow {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      const hint = 'for one JSON record a line, use --input-format jsonl';
      return this.#records.broken('invalid_json', jsonFault(error), at, { hint });
    }
    return this.#records.fromJson(value, at, text);
  }
}
