import type { AppError } from './errors.ts';
import type { JsonObject } from './json.ts';

/**
 * Where a record stands in its input. `line` is 1-based: the line of a text or JSONL file, the line
 * on which an element of a JSON array begins, 1 for a whole file.
 */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** One text to summarise, with the fields that came with it. */
export interface InputRecord {
  /** The record's own id as written (`1` and `"1"` both become `"1"`), else `file:line`. */
  readonly id: string;
  /** 0-based position among all records of the run, broken ones included. */
  readonly index: number;
  /** The text to summarise; never blank. */
  readonly text: string;
  /** The fields of a JSON record; `{ text }` for other inputs. */
  readonly fields: JsonObject;
  readonly at: Place;
}

/** A record that could not be read: it keeps its place and becomes an error row. */
export interface BrokenRecord {
  readonly id: string;
  readonly index: number;
  readonly at: Place;
  readonly error: AppError;
  /** Whatever fields could be read, for `--keep`. */
  readonly fields?: JsonObject;
}

export type InputRow =
  | { readonly ok: true; readonly record: InputRecord }
  | { readonly ok: false; readonly broken: BrokenRecord };

/** A lazily read input. Reads only as fast as `rows()` is consumed; ends early when `signal` aborts. */
export interface Source {
  /** Bytes to read in all, where that is known (files, not pipes). */
  readonly totalBytes?: number;
  /** Bytes read so far. */
  bytesRead(): number;
  rows(signal: AbortSignal): AsyncIterable<InputRow>;
}
