const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/**
 * How far a record goes: to its line end; beyond these bytes, inside quotes or not; or it is none, since something
 * other than a comma or a line end follows a closing quote.
 */
export type CsvScan = 'record' | 'unended' | 'open' | 'bad';

type State = 'start' | 'plain' | 'quoted' | 'quote' | 'cr';

/**
 * Finds where CSV records (RFC 4180) end, so that a fault in one does not reach the next: what parses CSV takes all
 * up to the next quote, or to the end, for one cell. Only LF ends a record, with or without CR before it. Makes
 * nothing of the cells.
 */
export class CsvScanner {
  /** Where the next byte to look at stands, or the one after the record. */
  at = 0;
  /** Cells of the record, the one that is being read included. */
  cells = 0;
  /** Where each of them begins and ends, quotes included; only true of a record that was read in one piece. */
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly #delimiter: number;
  readonly #strict: boolean;
  #state: State = 'start';

  /** With `strict` a quote inside a cell that is not quoted makes the record bad; else it is text. */
  constructor(delimiter: ',' | '\t', strict: boolean) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#strict = strict;
  }

  /** The next byte is the first of a record. */
  begin(): void {
    this.#state = 'start';
    this.cells = 0;
  }

  /** Goes on with the record from this byte to its end, or that of the bytes. */
  scan(bytes: Buffer, at: number): CsvScan {
    this.at = at;
    if (this.cells === 0) this.#open();
    while (this.at < bytes.length) {
      const end = this.#step(bytes);
      if (end !== undefined) return end;
    }
    this.to[this.cells - 1] = this.at;
    return this.#state === 'quoted' ? 'open' : 'unended';
  }

  #step(bytes: Buffer): 'record' | 'bad' | undefined {
    const byte = bytes[this.at];
    switch (this.#state) {
      case 'start':
        this.#state = byte === QUOTE ? 'quoted' : 'plain';
        if (byte === QUOTE) this.at += 1;
        return undefined;
      case 'plain':
        return this.#plain(bytes);
      case 'quoted': {
        const quote = bytes.indexOf(QUOTE, this.at);
        if (quote !== -1) this.#state = 'quote';
        this.at = quote === -1 ? bytes.length : quote + 1;
        return undefined;
      }
      case 'quote':
        if (byte === this.#delimiter) return this.#nextCell();
        if (byte === LF) return this.#end(this.at);
        if (byte !== QUOTE && byte !== CR) return 'bad';
        this.#state = byte === QUOTE ? 'quoted' : 'cr';
        this.at += 1;
        return undefined;
      case 'cr':
        return byte === LF ? this.#end(this.at - 1) : 'bad';
    }
  }

  #plain(bytes: Buffer): 'record' | 'bad' | undefined {
    const delimiter = this.#delimiter;
    let at = this.at;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === delimiter || byte === LF || (byte === QUOTE && this.#strict)) break;
    }
    this.at = at;
    if (at === bytes.length) return undefined;
    if (bytes[at] === delimiter) return this.#nextCell();
    if (bytes[at] === QUOTE) return 'bad';
    return this.#end(bytes[at - 1] === CR ? at - 1 : at);
  }

  #nextCell(): undefined {
    this.to[this.cells - 1] = this.at;
    this.at += 1;
    this.#open();
  }

  #open(): void {
    this.from[this.cells] = this.at;
    this.cells += 1;
    this.#state = 'start';
  }

  #end(to: number): 'record' {
    this.to[this.cells - 1] = to;
    this.at += 1;
    return 'record';
  }
}
