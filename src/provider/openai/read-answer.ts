import type { Completion } from '../../core/request.ts';
import { type ErrorContext, errorOfBody, parseJson, unexpectedReply } from '../classify-error.ts';
import type { HttpReply } from '../exchange.ts';
import { parseLimitHints } from '../rate-limit-headers.ts';
import { requestIdOf } from '../reply-headers.ts';
import { mapFinishReason } from './map-finish-reason.ts';
import { type ChatChoice, type ChatReply, chatReply, hasError, toUsage } from './openai-wire.ts';
import { failedReply, noChoice, notJson } from './read-failure.ts';

/** The completion in a reply of chat completions. Throws a `ProviderError` for everything that holds none. */
export function readAnswer(reply: HttpReply, context: ErrorContext): Completion {
  if (reply.status < 200 || reply.status > 299) throw failedReply(reply, context);
  const text = reply.body.toString('utf8');
  const body = parseJson(text);
  if (body === undefined) throw notJson(text, reply, context);
  const wire = chatReply.safeParse(body);
  const choice = wire.success ? wire.data.choices?.[0] : undefined;
  if (!wire.success || hasError(wire.data) || choice === undefined) {
    throw noChoice(body, wire.success ? toUsage(wire.data) : undefined, reply, context);
  }
  return toCompletion(wire.data, choice, reply, context);
}

function toCompletion(
  wire: ChatReply,
  choice: ChatChoice,
  reply: HttpReply,
  context: ErrorContext,
): Completion {
  const usage = toUsage(wire);
  if (hasError(choice)) throw errorOfBody(choice, reply, context, usage);
  const text = textOf(choice);
  const finish = mapFinishReason(choice.finish_reason);
  const fault = faultOf(choice, text);
  if (fault !== undefined) throw unexpectedReply(...fault, reply, context, usage);
  const requestId = requestIdOf(reply.headers);
  const limits = parseLimitHints(reply.headers, context.epochMs());
  return {
    text,
    finish,
    usage,
    ...(hasReasoning(choice) && { reasoning: true as const }),
    ...(wire.model && { model: wire.model }),
    ...(requestId !== undefined && { requestId }),
    ...(limits.length > 0 && { limits }),
  };
}

type Fault = readonly [code: Parameters<typeof unexpectedReply>[0], message: string];

/** Why a choice that looks like an answer is none. A text that was cut at the output limit is one. */
function faultOf(choice: ChatChoice, text: string): Fault | undefined {
  const { unified, raw = 'unknown' } = mapFinishReason(choice.finish_reason);
  if (raw === 'error') return ['server_error', 'the endpoint failed while it answered (finish reason error)'];
  if (unified === 'filter') {
    return ['content_filtered', `the endpoint refused the content (finish reason ${raw})`];
  }
  if (text.trim() !== '') return undefined;
  const refusal = refusalOf(choice);
  if (refusal !== undefined) return ['content_filtered', `the model refused: ${refusal}`];
  if (unified === 'length') {
    const message = 'the whole output budget was used before any text came (raise --max-output-tokens)';
    return ['output_budget_spent', message];
  }
  return ['empty_answer', `the answer holds no text (finish reason ${raw})`];
}

function textOf({ message }: ChatChoice): string {
  const content = message?.content;
  if (typeof content === 'string') return content;
  return content?.map(({ text }) => text ?? '').join('') ?? '';
}

function hasReasoning({ message }: ChatChoice): boolean {
  return Boolean(message?.reasoning_content?.trim() || message?.reasoning?.trim());
}

function refusalOf({ message }: ChatChoice): string | undefined {
  const content = message?.content;
  const parts = Array.isArray(content) ? content.map(({ refusal }) => refusal ?? '') : [];
  return [message?.refusal ?? '', ...parts].find((text) => text !== '');
}
