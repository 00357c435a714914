import { ProviderError } from '../core/errors.ts';
import type { ErrorCode } from '../core/failures.ts';
import type { LimitHint, Usage } from '../core/request.ts';
import { contextFacts } from './context-limit.ts';
import type { Endpoint } from './endpoint.ts';
import { awsName, type ErrorFacts, readErrorBody } from './error-body.ts';
import { codeOf } from './error-rules.ts';
import type { HttpReply } from './exchange.ts';
import { parseLimitHints } from './rate-limit-headers.ts';
import { headerOf, requestIdOf } from './reply-headers.ts';
import { retryAfterMs } from './retry-after.ts';
import { oneLine } from './sanitise.ts';

/** What turning a reply into an error needs to know besides the reply. */
export interface ErrorContext {
  readonly endpoint: Endpoint;
  /** The option that names the URL, for hints. */
  readonly urlOption: '--base-url' | '--url';
  /** Wall-clock ms, for dates in headers. */
  readonly epochMs: () => number;
}

const EXCERPT_LENGTH = 120;

/** The `ProviderError` for a reply whose status is no success. `usage` is what was billed all the same. */
export function errorOfReply(reply: HttpReply, context: ErrorContext, usage?: Usage): ProviderError {
  const { status, headers } = reply;
  if (status < 400) return redirected(reply, context);
  const text = reply.body.toString('utf8');
  const body = parseJson(text);
  if (body !== undefined) return errorOfBody(body, reply, context, usage);
  const facts: ErrorFacts = { ...readErrorBody(undefined, headerWords(reply)), message: text.slice(0, 1000) };
  const told = codeOf(symptoms(status, facts));
  const type = headerOf(headers, 'content-type');
  const isHtmlPage = isHtml(text, type);
  // A page that says of a path with a model in it that it was not found.
  const code = isHtmlPage && told === 'model_not_found' ? 'wrong_url' : told;
  const isPage = code === 'wrong_url' && isHtmlPage;
  const words = text.trim() === '' ? 'empty body' : excerpt(text, type, context);
  const message = isPage ? `not a JSON API at ${context.endpoint.shown}: ${words}` : words;
  return build(code, `${status}: ${message}`, { reply, context, usage, facts });
}

/**
 * The `ProviderError` for a parsed body that is an error, be it of a failed reply or inside a 200,
 * where it counts as the status that the body names.
 */
export function errorOfBody(
  body: unknown,
  reply: HttpReply,
  context: ErrorContext,
  usage?: Usage,
): ProviderError {
  const facts = readErrorBody(body, headerWords(reply));
  const status = reply.status >= 400 ? reply.status : facts.status;
  const code = codeOf(symptoms(status, facts));
  const label = facts.label === undefined || facts.message?.includes(facts.label) ? '' : ` ${facts.label}`;
  const inside = reply.status < 400 ? ' (inside a 200)' : '';
  const told = [facts.message, facts.upstream].filter((text) => text !== undefined).join(': ');
  const message = `${status ?? 'error'}${label}${inside}: ${told || 'no message'}`;
  return build(code, message, { reply, context, usage, facts, status });
}

/** An error that the endpoint did not name itself, for a reply that is not what was expected. */
export function unexpectedReply(
  code: ErrorCode,
  message: string,
  reply: HttpReply,
  context: ErrorContext,
  usage?: Usage,
): ProviderError {
  return build(code, message, { reply, context, usage, facts: { words: [] } });
}

/** Whether a body is a web page rather than data. */
export function isHtml(text: string, contentType: string | undefined): boolean {
  return /\bhtml\b/i.test(contentType ?? '') || /^\s*<(!doctype|html|head|body)\b/i.test(text);
}

/**
 * A short look at a body that is not what was expected: of a web page its words, without tags. Masked before
 * anything is cut, since half a key is no longer found.
 */
export function excerpt(text: string, contentType: string | undefined, { endpoint }: ErrorContext): string {
  const start = endpoint.mask(text).slice(0, 4000);
  const plain = isHtml(text, contentType)
    ? start.replace(/<(script|style)\b.*?(<\/\1>|$)/gis, ' ').replace(/<[^>]*(>|$)/g, ' ')
    : start;
  return `"${oneLine(plain, EXCERPT_LENGTH)}"`;
}

/** The parsed text, or undefined where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

/** AWS names an error in a header, its body holds the message alone. */
function headerWords({ headers }: HttpReply): readonly string[] {
  const name = headerOf(headers, 'x-amzn-errortype');
  return name === undefined ? [] : [awsName(name)];
}

function symptoms(status: number | undefined, facts: ErrorFacts): Parameters<typeof codeOf>[0] {
  const told = `${facts.message ?? ''} ${facts.upstream ?? ''}`;
  const text = told.replace(/\s+/g, ' ').trim().toLowerCase();
  return { status, words: facts.words, text };
}

interface Parts {
  readonly reply: HttpReply;
  readonly context: ErrorContext;
  readonly usage: Usage | undefined;
  readonly facts: ErrorFacts;
  readonly status?: number | undefined;
}

function build(
  code: ErrorCode,
  message: string,
  { reply, context, usage, facts, status }: Parts,
): ProviderError {
  const wait = retryAfterMs(reply.headers, context.epochMs()) ?? facts.retryAfterMs;
  // A 402 that names a wait is a spending limit by the minute (OpenRouter, "Handling 402 errors").
  const passes = code === 'quota_exhausted' && reply.status === 402 && wait !== undefined;
  const settled = passes ? 'rate_limited' : code;
  const limits = parseLimitHints(reply.headers, context.epochMs());
  return new ProviderError(settled, oneLine(context.endpoint.mask(message)), {
    hint: hintFor(settled, context),
    status: status ?? reply.status,
    retryAfterMs: wait ?? (settled === 'rate_limited' ? untilReset(limits) : undefined),
    requestId: requestIdOf(reply.headers),
    usage,
    limits: limits.length > 0 ? limits : undefined,
    context:
      settled === 'context_too_long'
        ? (facts.context ?? contextFacts(`${message} ${facts.upstream ?? ''}`))
        : undefined,
  });
}

/** Where a rejection names no wait: the time, in ms, until the limits of which nothing is left are reset. */
function untilReset(limits: readonly LimitHint[]): number | undefined {
  const waits = limits.flatMap(({ remaining, resetMs }) =>
    remaining !== undefined && remaining <= 0 && resetMs !== undefined ? [resetMs] : [],
  );
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function redirected({ status, headers }: HttpReply, context: ErrorContext): ProviderError {
  const { shown, url } = context.endpoint;
  const location = headerOf(headers, 'location') ?? '';
  const to = URL.canParse(location, url) ? new URL(location, url).origin : 'nowhere';
  const message = `${status}: ${shown} redirects to ${to}, which is not followed`;
  return new ProviderError('wrong_url', oneLine(context.endpoint.mask(message)), {
    hint: `give the final URL as ${context.urlOption}`,
    status,
  });
}

function hintFor(code: ErrorCode, { endpoint, urlOption }: ErrorContext): string | undefined {
  switch (code) {
    case 'wrong_key':
      return 'check the API key and what it is allowed to do';
    case 'quota_exhausted':
      return 'check the plan and the billing of the account';
    case 'model_not_found':
      return 'check --model';
    case 'wrong_url':
      return `check ${urlOption}: requests went to ${endpoint.shown}`;
    default:
      return undefined;
  }
}
