import type { ContextFacts } from '../core/errors.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { parseDuration } from './reset-time.ts';

/** What the body of a failed reply says, whoever wrote it. */
export interface ErrorFacts {
  /** A status named in the body: an error inside a 200, or one that a gateway passes on. */
  readonly status?: number;
  /** Machine words in lower case: codes, types, statuses, reasons, quota ids. */
  readonly words: readonly string[];
  /** The first of those words that says what it is, as written. */
  readonly label?: string;
  /** The message as written, never blank. */
  readonly message?: string;
  /** What a gateway passes on of the error that it met. */
  readonly upstream?: string;
  /** Wait asked for in the body (Google's `RetryInfo`), in ms. */
  readonly retryAfterMs?: number;
  /** What llama.cpp tells of a context that is too long, in fields of its own. */
  readonly context?: ContextFacts;
}

/** Fields that hold a machine word, the most telling first. */
const WORD_FIELDS = [
  ...['code', 'type', 'status', 'reason', 'error_type', 'quotaId', 'quotaMetric', '@type', '__type'],
];
const MESSAGE_FIELDS = ['message', 'Message', 'msg', 'detail', 'error_message', 'error_description', 'title'];

/** Words that every error carries and that say nothing. */
const EMPTY_LABELS = new Set([
  'error',
  'none',
  'null',
  'object',
  'failure',
  'invalid_request_error',
  'api_error',
]);

/** More of a body than this is not looked at, in UTF-16 units: rules run over it. */
const LONGEST_TEXT = 4000;

/**
 * Takes an error's facts from a parsed body. Knows the shapes of OpenAI and of those who follow it,
 * Azure (`innererror`), Google (`details`, and a list around the whole), OpenRouter (`metadata`), FastAPI
 * (`detail`), AWS (`__type`), text-generation-inference and Ollama (`error` as a text). Only `message` fields are
 * read, never what an endpoint echoes of the request. `headerWords` are machine words that came as headers.
 */
export function readErrorBody(body: unknown, headerWords: readonly string[] = []): ErrorFacts {
  const root = Array.isArray(body) ? body[0] : body;
  if (typeof root === 'string') return { words: headerWords, ...texts(root) };
  const sources = isJsonObject(root) ? errorObjects(root) : [];
  const words = [...headerWords, ...sources.flatMap(wordsOf)];
  const status = words.map(Number).find((n) => Number.isInteger(n) && n >= 400 && n <= 599);
  const label = words.find(
    (word) => !/^\d*$/.test(word) && !EMPTY_LABELS.has(word.toLowerCase()) && word.length < 60,
  );
  const context = sources.map(contextOf).find((facts) => facts !== undefined);
  const retryAfterMs = sources.map(({ retryDelay }) => wait(retryDelay)).find((ms) => ms !== undefined);
  return {
    words: words.map((word) => word.toLowerCase()),
    ...(status !== undefined && { status }),
    ...(label !== undefined && { label }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(context !== undefined && { context }),
    ...texts(isJsonObject(root) ? messageOf(root, sources) : undefined, upstreamOf(sources)),
  };
}

/** The objects that describe the error, the most telling first. */
function errorObjects(root: JsonObject): readonly JsonObject[] {
  const error = root.error ?? listed(root.errors)[0];
  const main = isJsonObject(error) ? [error] : [];
  const near = [...main, root];
  const details = near.flatMap(({ details }) => listed(details)).filter(isJsonObject);
  const violations = details.flatMap(({ violations }) => listed(violations)).filter(isJsonObject);
  const inner = near.map(({ innererror, inner_error, metadata }) => innererror ?? inner_error ?? metadata);
  return [...near, ...inner.filter(isJsonObject), ...violations, ...details];
}

function wordsOf(source: JsonObject): readonly string[] {
  return WORD_FIELDS.flatMap((field) => {
    const value = source[field];
    if (typeof value === 'number') return [String(value)];
    if (typeof value !== 'string' || value === '') return [];
    return [field === '__type' ? awsName(value) : value];
  });
}

/** The name of an AWS error without its namespace before `#` and the address after `:` (AWS restJson1 protocol, "Operation error serialization"). */
export function awsName(written: string): string {
  return written.replace(/^.*#/, '').replace(/:.*$/, '');
}

function messageOf(root: JsonObject, sources: readonly JsonObject[]): string | undefined {
  if (typeof root.error === 'string') return root.error;
  for (const source of sources) {
    for (const field of MESSAGE_FIELDS) {
      const text = textOf(source[field]);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

/** A text; or FastAPI's list of `{ loc, msg }`; or Mistral's object around such a list. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (isJsonObject(value)) return textOf(value.detail ?? value.message);
  if (!Array.isArray(value)) return undefined;
  const parts = value.filter(isJsonObject).flatMap(({ loc, msg }) => {
    if (typeof msg !== 'string') return [];
    return [Array.isArray(loc) ? `${loc.join('.')}: ${msg}` : msg];
  });
  return parts.length === 0 ? undefined : parts.join('; ');
}

/** OpenRouter's `metadata.raw` (the upstream's body) and `metadata.reasons` (of its moderation). */
function upstreamOf(sources: readonly JsonObject[]): string | undefined {
  const parts = sources.flatMap(({ raw, reasons }) => [raw, ...listed(reasons)]);
  const told = parts.filter((part) => typeof part === 'string');
  return told.length === 0 ? undefined : told.join(' ');
}

function contextOf({ n_ctx: limit, n_prompt_tokens: prompt }: JsonObject): ContextFacts | undefined {
  if (typeof limit !== 'number') return undefined;
  return { limit, ...(typeof prompt === 'number' && { prompt }) };
}

function texts(message?: string, upstream?: string): { message?: string; upstream?: string } {
  return {
    ...(message !== undefined && { message: message.slice(0, LONGEST_TEXT) }),
    ...(upstream !== undefined && { upstream: upstream.slice(0, LONGEST_TEXT) }),
  };
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function wait(value: unknown): number | undefined {
  return typeof value === 'string' ? parseDuration(value.trim()) : undefined;
}
