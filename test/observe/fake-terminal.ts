import readline from 'node:readline';
import { Writable } from 'node:stream';

/** A stream that behaves as a terminal and keeps what its screen would show. */
export class FakeTerminal extends Writable {
  readonly isTTY = true;
  columns: number;
  /** Everything that was written, escape codes included. */
  raw = '';
  #rows: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns = 100) {
    super();
    this.columns = columns;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString();
    this.raw += text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are what is read here
    for (const [token] of text.matchAll(/\u001b\[[?\d;]*[A-Za-z]|[\s\S]/gu)) this.#apply(token);
    done();
  }

  cursorTo(column: number): boolean {
    return readline.cursorTo(this, column);
  }

  moveCursor(dx: number, dy: number): boolean {
    return readline.moveCursor(this, dx, dy);
  }

  clearLine(direction: -1 | 0 | 1): boolean {
    return readline.clearLine(this, direction);
  }

  /** The rows with something on them, as a person sees them. */
  get screen(): readonly string[] {
    return this.#rows.map((row) => row.trimEnd()).filter((row) => row !== '');
  }

  /** Makes the terminal narrower and wraps the last row anew, as most terminals do. */
  narrow(columns: number): void {
    this.columns = columns;
    const last = this.#rows.pop() ?? '';
    const wrapped = (columns > 0 && last.match(new RegExp(`.{1,${columns}}`, 'gu'))) || [last];
    this.#rows.push(...wrapped);
    this.#row = this.#rows.length - 1;
    this.#column = (wrapped.at(-1) ?? '').length;
    this.emit('resize');
  }

  #apply(token: string): void {
    const amount = Number(/\d+/.exec(token)?.[0] ?? 1);
    const row = this.#rows[this.#row] ?? '';
    if (token === '\n') {
      this.#row += 1;
      this.#column = 0;
      this.#rows[this.#row] ??= '';
    } else if (token === '\r') this.#column = 0;
    else if (token.length === 1) {
      this.#rows[this.#row] =
        row.padEnd(this.#column).slice(0, this.#column) + token + row.slice(this.#column + 1);
      this.#column += 1;
    } else if (token.endsWith('G')) this.#column = amount - 1;
    else if (token.endsWith('A')) this.#row = Math.max(0, this.#row - amount);
    else if (token.endsWith('K')) this.#rows[this.#row] = row.slice(0, this.#column);
    else if (token.endsWith('J')) {
      this.#rows = [...this.#rows.slice(0, this.#row), row.slice(0, this.#column)];
    }
  }
}

/** A stream that is no terminal: a pipe or a file. */
export class FakePipe extends Writable {
  raw = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.raw += chunk.toString();
    done();
  }

  get lines(): readonly string[] {
    return this.raw.split('\n').slice(0, -1);
  }
}
