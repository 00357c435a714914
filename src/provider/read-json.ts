import { isJsonObject } from '../core/json.ts';
import type { Usage } from '../core/request.ts';
import {
  type ErrorContext,
  errorOfBody,
  errorOfReply,
  excerpt,
  isHtml,
  parseJson,
  unexpectedReply,
} from './classify-error.ts';
import type { HttpReply } from './exchange.ts';
import { type Wire, wireOf } from './recognise-wire.ts';
import { headerOf } from './reply-headers.ts';

/** The parsed body of a success. Throws a `ProviderError` for a failed reply, and for a body that is no JSON. */
export function jsonOf(reply: HttpReply, context: ErrorContext): unknown {
  if (reply.status < 200 || reply.status > 299) throw errorOfReply(reply, context);
  const text = reply.body.toString('utf8');
  const body = parseJson(text);
  if (body === undefined) throw notJson(text, reply, context);
  return body;
}

/** The error of a success without JSON: cut off, a web page, or broken. */
function notJson(text: string, reply: HttpReply, context: ErrorContext): Error {
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

/** Whether a body is an error, be it under a success; `"error": null` is what some endpoints write beside an answer. */
export function isErrorBody(body: unknown): boolean {
  const root = Array.isArray(body) ? body[0] : body;
  if (!isJsonObject(root)) return false;
  return (
    holdsError(root) || root.object === 'error' || root.type === 'error' || typeof root.message === 'string'
  );
}

/** Whether something has an `error` that is one. */
export function holdsError({ error }: { readonly error?: unknown }): boolean {
  return error !== undefined && error !== null && error !== false && error !== '';
}

/** The error of a success whose JSON is an error, or no answer of this wire. */
export function noAnswer(
  body: unknown,
  wire: Wire,
  reply: HttpReply,
  context: ErrorContext,
  usage?: Usage,
): Error {
  if (isErrorBody(body)) return errorOfBody(body, reply, context, usage);
  const found = wireOf(body);
  const seen = excerpt(JSON.stringify(body), undefined, context);
  if (found === undefined || found === wire) {
    return unexpectedReply('invalid_response', `the answer is no ${wire}: ${seen}`, reply, context, usage);
  }
  const message = `the answer is a ${found}, not a ${wire}: another --provider fits this URL: ${seen}`;
  return unexpectedReply('wrong_url', message, reply, context, usage);
}
