import type { Complete } from './complete.ts';
import { withoutThinking } from './thinking.ts';

/** Takes what models think aloud out of their answers: it is no summary, nor anything to make one of. */
export function stripThinking(next: Complete): Complete {
  return (request, call) =>
    next(request, call).then((answer) => {
      const text = withoutThinking(answer.text, answer.reasoning === true);
      return text === answer.text ? answer : { ...answer, text };
    });
}
