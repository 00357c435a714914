import { isJsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/request.ts';
import {
  type ErrorContext,
  errorOfBody,
  errorOfReply,
  excerpt,
  isHtml,
  parseJson,
  unexpectedReply,
} from '../classify-error.ts';
import type { HttpReply } from '../exchange.ts';
import { headerOf } from '../reply-headers.ts';
import { mapFinishReason } from './map-finish-reason.ts';
import { chatReply, hasError, toUsage } from './openai-wire.ts';

/** The error of a failed reply. Azure may send a filtered completion under a 400 without an `error`: what it billed counts. */
export function failedReply(reply: HttpReply, context: ErrorContext): Error {
  const body = reply.status === 400 ? parseJson(reply.body.toString('utf8')) : undefined;
  const wire = chatReply.safeParse(body);
  if (!wire.success || hasError(wire.data)) return errorOfReply(reply, context);
  const isFiltered =
    wire.data.choices?.some(({ finish_reason }) => mapFinishReason(finish_reason).unified === 'filter') ||
    (isJsonObject(body) && JSON.stringify(body.prompt_filter_results ?? null).includes('"filtered":true'));
  const usage = toUsage(wire.data);
  if (!isFiltered) return errorOfReply(reply, context, usage);
  const message = '400 content_filter: the endpoint refused the content';
  return unexpectedReply('content_filtered', message, reply, context, usage);
}

/** The error of a success without JSON: cut off, a web page, or broken. */
export function notJson(text: string, reply: HttpReply, context: ErrorContext): Error {
  const type = headerOf(reply.headers, 'content-type');
  if (text.trim() === '') {
    return unexpectedReply('truncated_body', `${reply.status} with an empty body`, reply, context);
  }
  if (isHtml(text, type)) {
    const message = `not a JSON API at ${context.endpoint.shown}: ${excerpt(text, type, context)}`;
    return unexpectedReply('wrong_url', message, reply, context);
  }
  if (/event-stream/i.test(type ?? '')) {
    const message = 'the answer is an event stream, which was not asked for';
    return unexpectedReply('unexpected_answer', message, reply, context);
  }
  const message = `the answer is not valid JSON: ${excerpt(text, type, context)}`;
  return unexpectedReply('invalid_response', message, reply, context);
}

/** The error of a success whose JSON is an error, or no chat completion. */
export function noChoice(
  body: unknown,
  usage: Usage | undefined,
  reply: HttpReply,
  context: ErrorContext,
): Error {
  const root = Array.isArray(body) ? body[0] : body;
  const isError = isJsonObject(root) && (hasError(root) || root.object === 'error');
  if (isError) return errorOfBody(body, reply, context, usage);
  const message = `the answer is no chat completion: ${excerpt(JSON.stringify(body), undefined, context)}`;
  return unexpectedReply('invalid_response', message, reply, context, usage);
}
