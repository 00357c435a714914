import type { LimitHint } from '../core/request.ts';
import { headerOf, type ReplyHeaders } from './reply-headers.ts';
import { parseReset } from './reset-time.ts';

/** One member of a structured list: its name or number, and its parameters. */
interface Member {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Quota units (`qu`) that are units of ours. Others (bytes, concurrent requests) are not understood here. */
const UNITS: ReadonlyMap<string, LimitHint['unit']> = new Map([
  ['requests', 'requests'],
  ['tokens', 'tokens'],
]);

/**
 * The limits of the IETF's structured `RateLimit` and `RateLimit-Policy` fields, in the forms of its drafts:
 * `"name";r=50;t=30` with `"name";q=100;w=60;qu="requests"` (08 and later), `limit=100, remaining=50, reset=5`
 * with `100;w=60` (07), and a policy beside `RateLimit-Limit`, `-Remaining` and `-Reset` (06 and before).
 * Undefined where the reply has neither field, or nothing can be read from them.
 */
export function parseStructuredLimits(
  headers: ReplyHeaders,
  epochMs: number,
): readonly LimitHint[] | undefined {
  const policyText = headerOf(headers, 'ratelimit-policy');
  const stateText = headerOf(headers, 'ratelimit');
  if (policyText === undefined && stateText === undefined) return undefined;
  const policies = parseMembers(policyText ?? '');
  const flat = parseFlatState(stateText) ?? separateState(headers);
  const named = flat === undefined ? parseMembers(stateText ?? '') : [];
  const hints = policies.length > 0 ? policies : named;
  const read = hints.flatMap((member) => {
    const state = named.find((other) => other.value === member.value);
    return toHint(member, state?.parameters ?? flat, epochMs) ?? [];
  });
  if (read.length > 0) return read;
  const only = flat && toHint({ value: flat.get('limit') ?? '', parameters: flat }, flat, epochMs);
  return only === undefined ? undefined : [only];
}

/** `limit` is what the state names as the limit it speaks of; a policy of another size has no known state. */
function toHint(
  { value, parameters }: Member,
  state: ReadonlyMap<string, string> | undefined,
  epochMs: number,
): LimitHint | undefined {
  const unit = UNITS.get(parameters.get('qu') ?? 'requests');
  const limit = count(parameters.get('q') ?? value);
  const window = count(parameters.get('w'));
  const stateLimit = count(state?.get('limit'));
  const applies = stateLimit === undefined || stateLimit === limit;
  const remaining = applies ? count(state?.get('r') ?? state?.get('remaining')) : undefined;
  const resetMs = applies ? parseReset(state?.get('t') ?? state?.get('reset') ?? '', epochMs) : undefined;
  if (unit === undefined || (limit === undefined && remaining === undefined) || limit === 0) return undefined;
  return {
    unit,
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(resetMs !== undefined && { resetMs }),
    ...(window !== undefined && window > 0 && { windowMs: window * 1000 }),
  };
}

/** Draft 07: `limit=100, remaining=50, reset=5`. */
function parseFlatState(text: string | undefined): ReadonlyMap<string, string> | undefined {
  if (text === undefined || !/^\s*(limit|remaining|reset)\s*=/.test(text)) return undefined;
  return new Map(split(text, ',').map(pair));
}

function separateState(headers: ReplyHeaders): ReadonlyMap<string, string> | undefined {
  const limit = headerOf(headers, 'ratelimit-limit');
  if (limit === undefined) return undefined;
  const state = new Map([['limit', split(limit, ',')[0] ?? '']]);
  for (const field of ['remaining', 'reset']) {
    const value = headerOf(headers, `ratelimit-${field}`);
    if (value !== undefined) state.set(field, value);
  }
  return state;
}

function parseMembers(text: string): readonly Member[] {
  return split(text, ',').flatMap((item) => {
    const [value, ...parameters] = split(item, ';');
    return value === undefined ? [] : [{ value: unquote(value), parameters: new Map(parameters.map(pair)) }];
  });
}

/** Splits at a separator outside of quotes; blank parts are left out. */
function split(text: string, separator: string): readonly string[] {
  const parts = text.match(
    separator === ',' ? /(?:"(?:\\.|[^"\\])*"|[^",])+/g : /(?:"(?:\\.|[^"\\])*"|[^";])+/g,
  );
  return (parts ?? []).map((part) => part.trim()).filter((part) => part !== '');
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at).trim(), unquote(text.slice(at + 1).trim())];
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}
