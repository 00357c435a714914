import { Tokenizer, TokenParser, TokenType } from '@streamparser/json';
import type { InputRow } from '../core/record.ts';
import type { FormatOptions, FormatReader } from './format-reader.ts';
import type { RecordReader } from './read-record.ts';

const LF = 0x0a;
const REST = 'the rest of the input was not read';

class TooLong extends Error {}

/**
 * Reads a JSON array element by element. An array is one document: its first fault, or an element
 * longer than the maximum, becomes the last row.
 */
export class JsonArrayReader implements FormatReader {
  readonly #records: RecordReader;
  readonly #options: FormatOptions;
  readonly #tokenizer = new Tokenizer();
  readonly #parser = new TokenParser({ paths: ['$.*'], keepStack: false });
  #rows: InputRow[] = [];
  #finished = false;
  #depth = 0;
  #chunk: Buffer = Buffer.alloc(0);
  /** Offset of this chunk in the input, in bytes. */
  #chunkStart = 0;
  /** Offset of the first line end that is not counted yet. */
  #nextLineEnd = Number.POSITIVE_INFINITY;
  #line = 1;
  /** Where the element begins that is being read: an offset and a line. */
  #start = 0;
  #startLine = 1;

  constructor(records: RecordReader, options: FormatOptions) {
    this.#records = records;
    this.#options = options;
    this.#tokenizer.onToken = (token) => {
      this.#follow(token.token, token.value, token.offset);
      this.#parser.write(token);
    };
    this.#parser.onValue = ({ value }) => {
      this.#rows.push(this.#records.fromJson(value, this.#place()));
    };
  }

  get line(): number {
    return this.#line;
  }

  get finished(): boolean {
    return this.#finished;
  }

  push(chunk: Buffer): Iterable<InputRow> {
    this.#chunk = chunk;
    this.#nextLineEnd = this.#findLineEnd(0);
    const end = this.#chunkStart + chunk.length;
    try {
      this.#tokenizer.write(chunk);
      if (!this.#parser.isEnded && end - this.#start > this.#options.maxBytes) throw new TooLong();
    } catch (error) {
      this.#fail(error);
    }
    this.#countLines(end);
    this.#chunkStart = end;
    return this.#takeRows();
  }

  end(): Iterable<InputRow> {
    if (!this.#finished && !this.#parser.isEnded) {
      this.#finished = true;
      this.#rows.push(this.#records.broken('invalid_json', 'the JSON array ends too early', this.#place()));
    }
    return this.#takeRows();
  }

  /** Keeps the depth, and the place and the length of the element that is being read. */
  #follow(token: TokenType, value: unknown, offset: number): void {
    if (this.#depth === 1) {
      this.#countLines(offset);
      this.#start = offset;
      this.#startLine = this.#line;
    }
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) this.#depth += 1;
    if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) this.#depth -= 1;
    if (this.#depth !== 1) return;
    const length = typeof value === 'string' ? Math.max(value.length, offset + 1 - this.#start) : 0;
    if (length > this.#options.maxBytes) throw new TooLong();
  }

  #countLines(offset: number): void {
    while (this.#nextLineEnd < offset) {
      this.#line += 1;
      this.#nextLineEnd = this.#findLineEnd(this.#nextLineEnd + 1 - this.#chunkStart);
    }
  }

  #findLineEnd(from: number): number {
    const found = this.#chunk.indexOf(LF, from);
    return found === -1 ? Number.POSITIVE_INFINITY : this.#chunkStart + found;
  }

  #fail(error: unknown): void {
    this.#finished = true;
    const at = this.#place();
    if (error instanceof TooLong) {
      const reason = `the array element is longer than ${this.#options.maxBytes} bytes; ${REST}`;
      const hint = 'allow longer elements with --max-line';
      this.#rows.push(this.#records.broken('line_too_long', reason, at, { hint }));
    } else if (error instanceof TypeError) {
      this.#rows.push(this.#records.broken('invalid_utf8', `the JSON array is not valid UTF-8; ${REST}`, at));
    } else {
      const where = this.#parser.isEnded
        ? 'something follows the JSON array'
        : 'the JSON array is not valid here';
      const hint =
        'for one JSON record a line, use --input-format jsonl; for plain text, --input-format text';
      this.#rows.push(this.#records.broken('invalid_json', `${where}; ${REST}`, at, { hint }));
    }
  }

  #place(): { file: string; line: number } {
    return { file: this.#options.file, line: this.#startLine };
  }

  #takeRows(): InputRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }
}
