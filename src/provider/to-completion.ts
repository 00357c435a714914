import type { ErrorCode } from '../core/failures.ts';
import type { Completion, Finish, Usage } from '../core/request.ts';
import { type ErrorContext, unexpectedReply } from './classify-error.ts';
import type { HttpReply } from './exchange.ts';
import { parseLimitHints } from './rate-limit-headers.ts';
import { requestIdOf } from './reply-headers.ts';

/** What an answer says, of whichever wire. */
export interface Told {
  readonly text: string;
  readonly finish: Finish;
  readonly usage: Usage;
  readonly model?: string | null | undefined;
  /** The model's own words, or the endpoint's reason, for giving none. */
  readonly refusal?: string | undefined;
  /** What the model thought came apart from the text. */
  readonly hasReasoning?: boolean;
  /** Where the wire itself makes it a failure. */
  readonly fault?: Fault | undefined;
  /** The id in the body, for endpoints that send none as a header. */
  readonly requestId?: string | null | undefined;
}

export type Fault = readonly [code: ErrorCode, message: string];

/** An answer as a completion. Throws a `ProviderError` where what looks like an answer is none. */
export function toCompletion(told: Told, reply: HttpReply, context: ErrorContext): Completion {
  const { text, finish, usage, model, hasReasoning } = told;
  const fault = faultOf(told);
  if (fault !== undefined) throw unexpectedReply(...fault, reply, context, usage);
  const requestId = requestIdOf(reply.headers) ?? told.requestId;
  const limits = parseLimitHints(reply.headers, context.epochMs());
  return {
    text,
    finish,
    usage,
    ...(hasReasoning && { reasoning: true as const }),
    ...(model && { model }),
    ...(requestId && { requestId }),
    ...(limits.length > 0 && { limits }),
  };
}

/** Why an answer is none. A text that was cut at the output limit is one. */
function faultOf({ text, finish, refusal, fault }: Told): Fault | undefined {
  if (fault !== undefined) return fault;
  const { unified, raw = 'unknown' } = finish;
  if (unified === 'filter') {
    const why = refusal === undefined ? '' : `: ${refusal}`;
    return ['content_filtered', `the endpoint refused the content (finish reason ${raw})${why}`];
  }
  if (text.trim() !== '') return undefined;
  if (refusal !== undefined) return ['content_filtered', `the model refused: ${refusal}`];
  if (unified === 'length') {
    const message = 'the whole output budget was used before any text came (raise --max-output-tokens)';
    return ['output_budget_spent', message];
  }
  return ['empty_answer', `the answer holds no text (finish reason ${raw})`];
}
