import { valueAt } from '../../core/field-path.ts';
import { isJsonObject } from '../../core/json.ts';
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
import type { ResponsePath } from './response-path.ts';

/** Where a summary is looked for when no path is given, in this order. */
const USUAL_FIELDS = ['summary', 'text', 'output'];

/**
 * The summary in a reply: what stands at `path`, else in a usual field, else the whole body where that is
 * a JSON string or no JSON at all. Throws a `ProviderError` for a reply that holds none.
 */
export function readSummary(reply: HttpReply, path: ResponsePath | undefined, context: ErrorContext): string {
  if (reply.status < 200 || reply.status > 299) throw errorOfReply(reply, context);
  const text = reply.body.toString('utf8');
  const type = headerOf(reply.headers, 'content-type');
  if (isHtml(text, type)) {
    const message = `a web page, not an answer, at ${context.endpoint.shown}: ${excerpt(text, type, context)}`;
    throw unexpectedReply('wrong_url', message, reply, context);
  }
  const body = parseJson(text);
  const isJsonType = /\bjson\b/i.test(type ?? '');
  if (body === undefined && (isJsonType || path !== undefined)) {
    const isEmpty = text.trim() === '';
    const message = isEmpty
      ? `${reply.status} with an empty body`
      : `the answer is not valid JSON: ${excerpt(text, type, context)}`;
    throw unexpectedReply(isEmpty ? 'truncated_body' : 'invalid_response', message, reply, context);
  }
  const found = find(body, path);
  const isPlainText = path === undefined && !isJsonType && !isJsonObject(body);
  const summary = found === undefined && isPlainText ? text : found;
  if (typeof summary !== 'string') throw withoutSummary(body, path, summary, reply, context);
  if (summary.trim() === '')
    throw unexpectedReply('empty_answer', 'the answer holds no text', reply, context);
  return summary;
}

function find(body: unknown, path: ResponsePath | undefined): unknown {
  if (path !== undefined) return valueAt(body, path);
  if (typeof body === 'string') return body;
  if (!isJsonObject(body)) return undefined;
  return USUAL_FIELDS.map((field) => body[field]).find((value) => typeof value === 'string');
}

function withoutSummary(
  body: unknown,
  path: ResponsePath | undefined,
  found: unknown,
  reply: HttpReply,
  context: ErrorContext,
): Error {
  if (isJsonObject(body) && body.error) return errorOfBody(body, reply, context);
  if (found === null) return unexpectedReply('empty_answer', 'the answer holds no text', reply, context);
  const has = isJsonObject(body)
    ? `it has ${Object.keys(body).join(', ') || 'no fields'}`
    : excerpt(JSON.stringify(body), undefined, context);
  const where = path === undefined ? 'in summary, text or output' : `at --response-path ${path.join('.')}`;
  return unexpectedReply('unexpected_answer', `the answer holds no text ${where}; ${has}`, reply, context);
}
