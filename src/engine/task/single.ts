import type { Prompt } from '../../core/request.ts';
import type { FinalAnswer, Task } from './task.ts';

/** One request a record, however long the text. */
export function single(prompt: Prompt, answer: FinalAnswer = (request, _record, ask) => ask(request)): Task {
  return { run: (record, ask) => answer(prompt.render(record), record, ask) };
}
