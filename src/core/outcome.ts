import type { AppError } from './errors.ts';
import type { BrokenRecord, InputRecord } from './record.ts';
import type { Completion, Usage } from './request.ts';

/** What all attempts at one record took together. */
export interface Effort {
  /** Requests sent, the first included. */
  readonly attempts: number;
  /** From the record's first request to its end, waits included, in ms. */
  readonly latencyMs: number;
  /** Tokens of all attempts, failed ones included where the endpoint reported them. */
  readonly usage: Usage;
  /** USD of these tokens; missing where they or their price are unknown, which is not 0. */
  readonly costUsd?: number;
  /** To which endpoint the last request went, where there are several. */
  readonly endpoint?: string;
}

/** The end of one record, good or bad: what the sink writes. */
export type Outcome =
  | {
      readonly ok: true;
      readonly record: InputRecord;
      readonly answer: Completion;
      readonly effort: Effort;
    }
  | {
      readonly ok: false;
      readonly record: InputRecord | BrokenRecord;
      readonly error: AppError;
      readonly effort: Effort;
    };

/** Takes outcomes. `write` resolves when there is room for more: a slow output slows the run. */
export interface Sink {
  write(outcome: Outcome): Promise<void>;
  /** The record of this index will have no row: the run stopped before it was done. */
  skip?(index: number): void;
  /** Writes what is held back and closes. Rejects with `output_write` where that fails. */
  close(): Promise<void>;
}
