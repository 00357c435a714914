import type { InputRecord } from '../../core/record.ts';
import type { CompletionRequest } from '../../core/request.ts';
import type { Task } from '../../engine/task/task.ts';

/** What a record asks for first: one request, or the parts of a text that does not fit one. */
export type Plan =
  | { readonly kind: 'request'; readonly request: CompletionRequest }
  | { readonly kind: 'parts' };

const ENOUGH = new Error('enough is known');

/** Looks at what a task would ask, without an answer. Rejects with what keeps the record from being asked about. */
export async function planRecord(task: Task, record: InputRecord): Promise<Plan> {
  let plan: Plan | undefined;
  try {
    await task.run(record, async (request, step = 'record') => {
      plan ??= step === 'record' ? { kind: 'request', request } : { kind: 'parts' };
      throw ENOUGH;
    });
  } catch (error) {
    if (error !== ENOUGH) throw error;
  }
  return plan ?? { kind: 'parts' };
}
