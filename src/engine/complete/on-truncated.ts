import { ProviderError } from '../../core/errors.ts';
import type { Completion, CompletionRequest } from '../../core/request.ts';
import type { Call, Complete } from './complete.ts';

/** What becomes of an answer that was cut off at the limit of output tokens. */
export type OnTruncated = 'keep' | 'retry' | 'fail';

/** How often the budget is raised, and by what: in the end it is eight times what it was. */
const RAISES = 3;
const FACTOR = 2;
/** Tokens taken for a budget that is not known: neither set nor reported. */
const UNKNOWN_BUDGET = 1024;
/** The names under which `--param` may set the budget; they win over ours. */
const PARAMS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'] as const;

/**
 * Asks again with a larger output budget, or fails the record. An answer of which nothing came (a reasoning model that
 * spent all on thinking) is asked for again too; of those that are still cut off the last one stands, marked as such.
 */
export function onTruncated(next: Complete, mode: OnTruncated): Complete {
  if (mode === 'keep') return next;
  return async (request, call) => {
    let asked = request;
    for (let raises = 0; ; raises++) {
      const answer = await attempt(next, asked, call, mode === 'retry' && raises < RAISES);
      if (answer === undefined) {
        asked = raised(asked, undefined);
        continue;
      }
      if (answer.finish.unified !== 'length') return answer;
      if (mode === 'fail') throw truncated(asked, answer);
      if (raises === RAISES) return answer;
      asked = raised(asked, answer.usage.outputTokens);
    }
  };
}

/** Undefined where the whole budget was used before any text came, and may be raised. */
async function attempt(
  next: Complete,
  request: CompletionRequest,
  call: Call,
  mayRaise: boolean,
): Promise<Completion | undefined> {
  try {
    return await next(request, call);
  } catch (error) {
    if (mayRaise && error instanceof ProviderError && error.code === 'output_budget_spent') return undefined;
    throw error;
  }
}

function raised(request: CompletionRequest, spent: number | undefined): CompletionRequest {
  const name = PARAMS.find((param) => typeof request.params[param] === 'number');
  if (name !== undefined) {
    const budget = Number(request.params[name]) * FACTOR;
    return { ...request, params: { ...request.params, [name]: budget } };
  }
  return { ...request, maxOutputTokens: (request.maxOutputTokens ?? spent ?? UNKNOWN_BUDGET) * FACTOR };
}

function truncated({ maxOutputTokens }: CompletionRequest, { requestId, finish }: Completion): ProviderError {
  const budget = maxOutputTokens === undefined ? '' : ` of ${maxOutputTokens} tokens`;
  const message = `the answer was cut off at its limit${budget} (finish reason ${finish.raw ?? 'length'})`;
  return new ProviderError('answer_truncated', message, {
    hint: 'raise --max-output-tokens, or let --on-truncated be retry or keep',
    requestId,
  });
}
