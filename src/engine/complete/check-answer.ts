import { ProviderError } from '../../core/errors.ts';
import type { Completion } from '../../core/request.ts';
import type { Complete } from './complete.ts';

/** An answer without text is a failure, whatever its status said: it never becomes an empty summary. */
export function checkAnswer(next: Complete): Complete {
  return (request, call) =>
    next(request, call).then((completion) => {
      if (completion.finish.unified === 'filter') throw refused(completion);
      if (!/\S/.test(completion.text)) throw blank(completion, request.maxOutputTokens);
      return completion;
    });
}

function refused(completion: Completion): ProviderError {
  return new ProviderError(
    'content_filtered',
    `the endpoint refused the content (finish reason ${completion.finish.raw ?? 'filter'})`,
    { requestId: completion.requestId },
  );
}

function blank(completion: Completion, maxOutputTokens: number | undefined): ProviderError {
  if (completion.finish.unified !== 'length') {
    return new ProviderError('empty_answer', 'the answer holds no text', {
      requestId: completion.requestId,
    });
  }
  const budget = maxOutputTokens === undefined ? '' : ` of ${maxOutputTokens} tokens`;
  return new ProviderError(
    'output_budget_spent',
    `the whole output budget${budget} was used before any text came`,
    { hint: 'raise --max-output-tokens', requestId: completion.requestId },
  );
}
