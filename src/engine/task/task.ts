import type { InputRecord } from '../../core/record.ts';
import type { Completion, CompletionRequest } from '../../core/request.ts';

/** What a request is for: the whole text of a record, a part of it, or answers about its parts. */
export type Step = 'record' | 'map' | 'reduce';

/** Gets an answer. What is asked for `map` or `reduce` is kept for a later run until the record has its row. */
export type Ask = (request: CompletionRequest, step?: Step) => Promise<Completion>;

/** What is done with one record. It sees one function and knows nothing of limits, retries or budgets. */
export interface Task {
  run(record: InputRecord, ask: Ask): Promise<Completion>;
}

/** Gets the answer that will be the record's own, checked as the user wants it. */
export type FinalAnswer = (request: CompletionRequest, record: InputRecord, ask: Ask) => Promise<Completion>;
