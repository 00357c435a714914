import type { LimitHint } from '../core/request.ts';
import { headerOf, type ReplyHeaders } from './reply-headers.ts';
import { parseReset } from './reset-time.ts';
import { parseStructuredLimits } from './structured-limits.ts';

type Unit = LimitHint['unit'];
type Field = 'limit' | 'remaining' | 'reset';

/** What a header's name says. */
interface Meaning {
  readonly field: Field;
  readonly unit: Unit;
  readonly windowMs: number | undefined;
}

/** Families of headers, with the unit that is meant where the name gives none. */
const FAMILIES: readonly (readonly [prefix: string, unit: Unit])[] = [
  ['x-ratelimit-', 'requests'],
  ['anthropic-ratelimit-', 'requests'],
  ['ratelimit-', 'requests'],
  // Mistral's older names and Together's names for tokens.
  ['x-ratelimitbysize-', 'tokens'],
  ['ratelimitbysize-', 'tokens'],
  ['x-tokenlimit-', 'tokens'],
];

const FIELDS: ReadonlyMap<string | undefined, Field> = new Map([
  ['limit', 'limit'],
  ['remaining', 'remaining'],
  ['reset', 'reset'],
]);

const UNITS: ReadonlyMap<string, Unit> = new Map([
  ['requests', 'requests'],
  ['request', 'requests'],
  ['req', 'requests'],
  ['tokens', 'tokens'],
  ['token', 'tokens'],
  ['input-tokens', 'inputTokens'],
  ['tokens-prompt', 'inputTokens'],
  ['output-tokens', 'outputTokens'],
  ['tokens-generated', 'outputTokens'],
]);

const WINDOWS_MS: ReadonlyMap<string | undefined, number> = new Map([
  ['second', 1000],
  ['1s', 1000],
  ['minute', 60_000],
  ['1m', 60_000],
  ['hour', 3_600_000],
  ['1h', 3_600_000],
  ['day', 86_400_000],
  ['1d', 86_400_000],
  ['month', 30 * 86_400_000],
]);

const NOTHING: readonly LimitHint[] = [];

/** Names come from the server: remembered so that a reply costs a look-up each, and never without bound. */
const known = new Map<string, Meaning | null>();
const MOST_NAMES = 1000;

/**
 * The limits that a reply's headers announce: OpenAI's, Groq's, Azure's, Mistral's and Cerebras's
 * `x-ratelimit-*`, Anthropic's `anthropic-ratelimit-*`, the IETF's `ratelimit-*` of any draft. One hint for
 * each unit and window. What can't be read is left out; a hint has a limit, or what remains of it.
 */
export function parseLimitHints(headers: ReplyHeaders, epochMs: number): readonly LimitHint[] {
  let hints: Map<string, Mutable<LimitHint>> | undefined;
  for (const name in headers) {
    if (!name.includes('limit')) continue;
    const meaning = meaningOf(name);
    const value = headerOf(headers, name);
    if (meaning === null || value === undefined) continue;
    hints ??= new Map();
    addTo(hints, meaning, value, epochMs);
  }
  const structured = parseStructuredLimits(headers, epochMs);
  if (hints === undefined) return structured ?? NOTHING;
  const told = [...hints.values()].filter((hint) => hint.limit !== undefined || hint.remaining !== undefined);
  // The structured fields have taken in the plain ones beside them.
  return structured === undefined
    ? told
    : [...structured, ...told.filter((hint) => hint.unit !== 'requests')];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function addTo(
  hints: Map<string, Mutable<LimitHint>>,
  { field, unit, windowMs }: Meaning,
  value: string,
  epochMs: number,
): void {
  const number = field === 'reset' ? parseReset(value, epochMs) : parseCount(value);
  if (number === undefined || (field === 'limit' && number === 0)) return;
  const key = windowMs === undefined ? unit : `${unit} ${windowMs}`;
  let hint = hints.get(key);
  if (hint === undefined) {
    hint = windowMs === undefined ? { unit } : { unit, windowMs };
    hints.set(key, hint);
  }
  if (field === 'reset') hint.resetMs ??= number;
  else hint[field] ??= number;
}

function meaningOf(name: string): Meaning | null {
  const cached = known.get(name);
  if (cached !== undefined) return cached;
  const meaning = readName(name);
  if (known.size < MOST_NAMES) known.set(name, meaning);
  return meaning;
}

/** `x-ratelimit-remaining-tokens-minute`, `anthropic-ratelimit-input-tokens-reset`, `ratelimit-limit`. */
function readName(name: string): Meaning | null {
  const family = FAMILIES.find(([prefix]) => name.startsWith(prefix));
  if (family === undefined) return null;
  const words = name.slice(family[0].length).split('-');
  const fieldAt = FIELDS.has(words[0]) ? 0 : words.length - 1;
  const field = FIELDS.get(words[fieldAt]);
  words.splice(fieldAt, 1);
  const windowMs = WINDOWS_MS.get(words.at(-1));
  if (windowMs !== undefined) words.pop();
  const unit = words.length === 0 ? family[1] : UNITS.get(words.join('-'));
  return field === undefined || unit === undefined ? null : { field, unit, windowMs };
}

/** A count; of a list such as `100, 100;w=60` (early IETF drafts) the first. */
function parseCount(value: string): number | undefined {
  const first = /^\s*(\d{1,15}(?:\.\d+)?)\s*(?:[,;]|$)/.exec(value)?.[1];
  return first === undefined ? undefined : Number(first);
}
