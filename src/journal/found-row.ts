import type { LineKind, RowReader } from './row-reader.ts';

/** What a part of a journal turns out to be. `header` is the names of the columns, `crlf` the same with CR LF. */
export type RowKind = LineKind | 'header' | 'crlf';

/** The columns that make a table one of ours. */
export const OWN_COLUMNS = ['key', 'made_by', 'content', 'status'] as const;

/** Where it stands. */
export interface RowPlace {
  readonly kind: RowKind;
  /** The line on which it begins, 1-based. */
  readonly line: number;
  /** Places in the file of its first byte and of the one after its line end. */
  readonly offset: number;
  readonly end: number;
  readonly isEnded: boolean;
  /** Its bytes, without its line end. */
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

/** What the journal needs of a row. Written over by the next. */
export type FoundRow = Pick<
  RowReader,
  | 'key'
  | 'content'
  | 'isGood'
  | 'madeBy'
  | 'isMadeBy'
  | 'usage'
  | 'costUsd'
  | 'isTruncated'
  | 'isUnsent'
  | 'errorCode'
>;

/** Gets the same row each time: it is valid only during the call, and only where the place is that of a row. */
export type VisitRow = (place: RowPlace, row: FoundRow) => void;
