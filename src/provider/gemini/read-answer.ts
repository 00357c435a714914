import type { Completion, Finish } from '../../core/request.ts';
import { type ErrorContext, unexpectedReply } from '../classify-error.ts';
import type { HttpReply } from '../exchange.ts';
import { isErrorBody, jsonOf, noAnswer } from '../read-json.ts';
import { toCompletion } from '../to-completion.ts';
import { type Candidate, type ContentReply, contentReply, toUsage } from './content-wire.ts';

/** Its API reference, FinishReason. Those for images and tools, which are not asked for, are `other`. */
const UNIFIED: ReadonlyMap<string, Finish['unified']> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'filter'],
  ['RECITATION', 'filter'],
  ['LANGUAGE', 'filter'],
  ['BLOCKLIST', 'filter'],
  ['PROHIBITED_CONTENT', 'filter'],
  ['SPII', 'filter'],
]);

/** The completion in a reply of generateContent. Throws a `ProviderError` for everything that holds none. */
export function readAnswer(reply: HttpReply, context: ErrorContext): Completion {
  const body = jsonOf(reply, context);
  const wire = contentReply.safeParse(body);
  if (!wire.success || isErrorBody(body)) throw noAnswer(body, 'answer of generateContent', reply, context);
  const candidate = wire.data.candidates?.[0];
  if (candidate === undefined) throw withoutCandidate(wire.data, body, reply, context);
  const parts = candidate.content?.parts ?? [];
  const text = parts.flatMap((part) => (part.thought ? [] : [part.text ?? ''])).join('');
  const finish = finishOf(candidate, text);
  const { modelVersion: model, responseId: requestId, usageMetadata } = wire.data;
  return toCompletion(
    {
      ...{ text, finish, model, requestId },
      usage: toUsage(wire.data),
      refusal: finish.unified === 'filter' ? (candidate.finishMessage ?? undefined) : undefined,
      hasReasoning: parts.some(({ thought }) => thought) || (usageMetadata?.thoughtsTokenCount ?? 0) > 0,
    },
    reply,
    context,
  );
}

/** `OTHER` without a text is how the service refuses without saying why. */
function finishOf({ finishReason: raw }: Candidate, text: string): Finish {
  if (!raw) return { unified: 'other' };
  if (raw === 'OTHER' && text.trim() === '') return { unified: 'filter', raw };
  return { unified: UNIFIED.get(raw) ?? 'other', raw };
}

function withoutCandidate(wire: ContentReply, body: unknown, reply: HttpReply, context: ErrorContext): Error {
  const usage = toUsage(wire);
  const { blockReason, blockReasonMessage } = wire.promptFeedback ?? {};
  if (blockReason) {
    const why = blockReasonMessage ? `: ${blockReasonMessage}` : '';
    const message = `the endpoint refused the prompt (block reason ${blockReason})${why}`;
    return unexpectedReply('content_filtered', message, reply, context, usage);
  }
  if (wire.usageMetadata) {
    return unexpectedReply('empty_answer', 'the answer holds no candidate', reply, context, usage);
  }
  return noAnswer(body, 'answer of generateContent', reply, context);
}
