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

/** What kind of id a record has of its own; without one, its `id` is its place. */
export type IdKind = 'text' | 'number';

/** What tells a record from all others across runs; there where a journal or a cache asked for it. */
interface Identity {
  readonly idKind?: IdKind | undefined;
  /** Opaque; stays the same when the record moves within the input. */
  readonly key?: string | undefined;
  /** Hash of all that a request is made of besides the settings. */
  readonly contentHash?: string | undefined;
}

/** One text to summarise, with the fields that came with it. */
export interface InputRecord extends Identity {
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
export interface BrokenRecord extends Identity {
  readonly id: string;
  readonly index: number;
  readonly at: Place;
  readonly error: AppError;
  /** Whatever fields could be read, for `--keep`. */
  readonly fields?: JsonObject;
  /** The line as it stands, one character a byte where it is not UTF-8; where fields could not be read. */
  readonly raw?: string;
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
  /**
   * The same rows, those together that come without a wait, for who passes over most of them: a promise for each row
   * costs as much as to read it. Take all of a batch before the next.
   */
  batches?(signal: AbortSignal): AsyncIterable<Iterable<InputRow>>;
}
