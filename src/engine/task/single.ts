import type { InputRecord } from '../../core/record.ts';
import type { Completion, CompletionRequest, Prompt } from '../../core/request.ts';

/** What is done with one record. It sees one function and knows nothing of limits, retries or budgets. */
export interface Task {
  run(
    record: InputRecord,
    complete: (request: CompletionRequest) => Promise<Completion>,
  ): Promise<Completion>;
}

/** One request a record. */
export function single(prompt: Prompt): Task {
  return { run: (record, complete) => complete(prompt.render(record)) };
}
