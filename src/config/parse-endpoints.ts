import { AppError } from '../core/errors.ts';
import { isJsonObject } from '../core/json.ts';
import { besideConfig } from './config-file.ts';
import type { EndpointEntry } from './endpoint-entry.ts';
import { ENDPOINT_ALIASES, ENDPOINT_OPTIONS } from './endpoint-options.ts';
import { nearestName } from './nearest-name.ts';
import { optionsSchema } from './options-schema.ts';
import { parseValue, quote } from './parse-value.ts';
import { splitQuoted } from './split-quoted.ts';

type Given = Readonly<Record<string, unknown>>;

const KNOWN = new Map(ENDPOINT_OPTIONS.map((spec) => [spec.key, spec] as const));
const SECRET = /^(api-?)?(key|token|secret)$/i;

/**
 * Endpoints as they are given: objects, or texts such as `model=small,rpm=500`; several in one text stand on lines of
 * their own, or between semicolons. `label` names where they come from. Throws a `usage` error that names which of them
 * and which key of it is wrong.
 */
export function parseEndpoints(given: unknown, label: string): readonly EndpointEntry[] {
  const entries = entriesOf(given, label);
  if (entries.length === 0) throw new AppError('usage', `${label}: names no endpoint`);
  const named = new Set<string>();
  return entries.map((entry, at) => {
    const count = entries.length === 1 ? '' : ` ${at + 1}`;
    const written = byKey(entry, `${label}${count}`);
    const given = written.get('name')?.value;
    const name = typeof given === 'string' && given !== '' ? given : undefined;
    const place = name === undefined ? `${label}${count}` : `${label} ${name}`;
    if (name !== undefined && named.has(name)) {
      throw new AppError('usage', `${place}: two endpoints have that name`);
    }
    if (name !== undefined) named.add(name);
    return parseEntry(written, place);
  });
}

/** Paths in a configuration file are meant from its folder. */
export function endpointsBeside(label: string, given: unknown): unknown {
  if (!Array.isArray(given)) return given;
  return given.map((entry: unknown) => {
    if (!isJsonObject(entry)) return entry;
    return Object.fromEntries(
      Object.entries(entry).map(([key, value]) => {
        const isPath =
          /^(api-?)?key-?file$/i.test(key) || (key === 'provider' && /^\.{1,2}[/\\]/.test(String(value)));
        return [key, isPath && typeof value === 'string' ? besideConfig(label, value) : value];
      }),
    );
  });
}

function entriesOf(given: unknown, label: string): readonly Given[] {
  if (Array.isArray(given)) return given.flatMap((each: unknown) => entriesOf(each, label));
  if (isJsonObject(given)) return [given];
  if (typeof given !== 'string') throw notAnEndpoint(label, given);
  if (/^\s*[[{]/.test(given)) return entriesOf(fromJson(given, label), label);
  const lines = splitQuoted(given, /[;\n]/, true);
  if (lines === undefined) throw new AppError('usage', `${label}: a quote in ${quote(given)} is not closed`);
  return lines.filter((line) => line.trim() !== '').map((line) => fromText(line, label));
}

function fromJson(text: string, label: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('usage', `${label}: is not valid JSON`, { cause });
  }
}

function fromText(text: string, label: string): Given {
  const parts = splitQuoted(text, /,/) ?? [];
  return Object.fromEntries(
    parts.map((part) => {
      const at = part.indexOf('=');
      const key = part.slice(0, Math.max(0, at)).trim();
      if (key !== '') return [key, part.slice(at + 1).trim()] as const;
      throw new AppError('usage', `${label}: ${quote(part.trim())} is not key=value`, {
        hint: `write e.g. 'model=NAME,base-url=https://host/v1,rpm=500'; a value with a comma in it needs quotes`,
      });
    }),
  );
}

interface Written {
  /** The key as the user wrote it. */
  readonly as: string;
  readonly value: unknown;
}

/** By the names that the keys have within. */
function byKey(entry: Given, place: string): ReadonlyMap<string, Written> {
  const values = new Map<string, Written>();
  for (const [as, value] of Object.entries(entry)) {
    const camel = as.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const key = Object.hasOwn(ENDPOINT_ALIASES, camel) ? ENDPOINT_ALIASES[camel] : camel;
    if (key === undefined || !KNOWN.has(key)) throw unknownKey(as, place);
    if (value !== undefined && value !== null) values.set(key, { as, value });
  }
  return values;
}

function unknownKey(key: string, place: string): AppError {
  const near = nearestName(key, KNOWN.keys());
  const suggestion = near === undefined ? '' : ` (did you mean ${near}?)`;
  return new AppError(
    'usage',
    `${place}: unknown key ${JSON.stringify(key)}${SECRET.test(key) ? '' : suggestion}`,
    {
      hint: SECRET.test(key)
        ? 'a key never stands in the configuration itself: name its variable with key-env, or its file with key-file'
        : 'docs/endpoints.md lists what an endpoint may have of its own',
    },
  );
}

function parseEntry(values: ReadonlyMap<string, Written>, place: string): EndpointEntry {
  if (values.has('apiKeyEnv') && values.has('apiKeyFile')) {
    throw new AppError(
      'usage',
      `${place}: key-env and key-file contradict each other; give only one of them`,
    );
  }
  const read: Record<string, unknown> = {};
  for (const [key, { as, value }] of values) {
    const spec = KNOWN.get(key);
    if (spec !== undefined) read[key] = parseValue(spec, value, `${place}, ${as}`);
  }
  const result = optionsSchema(ENDPOINT_OPTIONS).safeParse(read);
  if (result.success) return Object.freeze(result.data) as EndpointEntry;
  const [issue] = result.error.issues;
  const { as, value } = values.get(String(issue?.path[0])) ?? { as: '', value: undefined };
  throw new AppError('usage', `${place}, ${as}: ${quote(value)} ${issue?.message ?? 'is not valid'}`);
}

function notAnEndpoint(label: string, given: unknown): AppError {
  return new AppError('usage', `${label}: ${quote(given)} is no endpoint`, {
    hint: 'an endpoint is an object such as {"model": "NAME", "rpm": 500}, or a text such as model=NAME,rpm=500',
  });
}
