import type { InputRow } from '../core/record.ts';

/** Turns the bytes of one input into rows. Synchronous: whoever feeds it decides when to read on. */
export interface FormatReader {
  /** The line that is being read, 1-based. */
  readonly line: number;
  /** True once nothing after this point can be read. */
  readonly finished: boolean;
  /** Rows that this chunk completes. Take all of them before the next call: they may be made from its bytes. */
  push(chunk: Buffer): Iterable<InputRow>;
  /** Rows that only the end of the input completes. */
  end(): Iterable<InputRow>;
}

export interface FormatOptions {
  /** The name of the input, for places and ids. */
  readonly file: string;
  /** Longest line, array element or whole file, in bytes. */
  readonly maxBytes: number;
}
