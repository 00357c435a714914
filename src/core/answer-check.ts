import type { Json } from './json.ts';
import type { PromptRecord } from './request.ts';

/** What a user wants of an answer beyond its being there. Pure and quick. */
export interface AnswerCheck {
  /** What stands in the row's `warnings` when the answer misses it, such as `too_short`. */
  readonly code: string;
  /** What is wrong with the answer, as a sentence that the model can act on; undefined where nothing is. */
  fault(answer: string, record: PromptRecord): string | undefined;
}

/** Reads answers that have to be data. */
export interface AnswerReader {
  /** The data, or what is wrong with the answer, as sentences that the model can act on. */
  read(answer: string): ReadAnswer;
}

export type ReadAnswer =
  | { readonly ok: true; readonly data: Json }
  | { readonly ok: false; readonly fault: string };
