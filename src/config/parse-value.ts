import { AppError } from '../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { OptionSpec, ValueKind } from './option-spec.ts';
import { parseDuration, parseInteger, parseLimit, parseNumber, parseSize } from './parse-quantity.ts';

interface Kind {
  /** What the value has to be, for messages. */
  readonly noun: string;
  readonly example: string;
  /** Undefined where the text is not of this kind. */
  readonly parse: (text: string) => unknown;
  /** A JSON value other than a text, as a configuration file may hold it. */
  readonly fromJson?: (value: Json) => unknown;
}

const asText = (text: string): string | undefined => (text === '' ? undefined : text);
const ifNumber = (value: Json): number | undefined => (typeof value === 'number' ? value : undefined);
const inMs = (seconds: Json): number | undefined =>
  typeof seconds === 'number' ? Math.round(seconds * 1000) : undefined;
const asCount = (value: Json): unknown =>
  typeof value === 'number' ? { amount: value, unit: 'count' } : undefined;
const ifNames = (value: Json): Json | undefined =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '') ? value : undefined;
const ifBoolean = (value: Json): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

function orAuto(parse: (text: string) => unknown): (text: string) => unknown {
  return (text) => (text === 'auto' ? text : parse(text));
}

const KINDS: Readonly<Record<ValueKind, Kind>> = {
  flag: { noun: 'yes or no', example: 'true', parse: parseFlag, fromJson: ifBoolean },
  text: { noun: 'a text', example: '"some text"', parse: asText },
  path: { noun: 'a file name', example: 'notes.txt', parse: asText },
  folder: {
    noun: 'the name of a folder',
    example: 'auto or ./cache',
    parse: parseFolder,
    fromJson: (value) => (typeof value === 'boolean' ? parseFolder(String(value)) : undefined),
  },
  choice: { noun: 'one of the choices', example: 'auto', parse: asText },
  integer: { noun: 'a whole number', example: '8', parse: parseInteger, fromJson: ifNumber },
  integerOrAuto: {
    noun: 'a whole number or auto',
    example: '8 or auto',
    parse: orAuto(parseInteger),
    fromJson: ifNumber,
  },
  number: { noun: 'a number', example: '600', parse: parseNumber, fromJson: ifNumber },
  duration: { noun: 'a time', example: '250ms, 90s or 1h30m', parse: parseDuration, fromJson: inMs },
  size: { noun: 'a size', example: '64MiB', parse: parseSize, fromJson: ifNumber },
  limit: { noun: 'a count or a percentage', example: '20 or 5%', parse: parseLimit, fromJson: asCount },
  list: { noun: 'a list of names', example: 'title,url', parse: splitList, fromJson: ifNames },
  nameOrPath: { noun: 'a name or a file', example: 'summary or ./mine.md', parse: asText },
  vars: { noun: 'key=text', example: 'labels=a,b', parse: (text) => text },
  endpoints: { noun: 'an endpoint', example: 'model=NAME,rpm=500', parse: (text) => text },
  params: { noun: 'key=json', example: 'top_p=0.9', parse: (text) => text },
};

/**
 * One value as it was given (a text from a flag or variable, several texts from a repeated flag, any JSON
 * from a configuration file) as what its kind becomes. Ranges and choices are the schema's concern.
 * `label` names where the value comes from. Throws a `usage` error.
 */
export function parseValue(spec: OptionSpec, given: unknown, label: string): unknown {
  const kind = KINDS[spec.kind];
  if (spec.kind === 'params') return parseParams(given, label);
  if (spec.kind === 'vars') return parseVars(given, label);
  const value = typeof given === 'string' ? kind.parse(given.trim()) : kind.fromJson?.(given as Json);
  if (value === undefined || Number.isNaN(value)) throw notOfKind(spec, given, label);
  // Texts keep their blanks: a prompt may well begin with some.
  return spec.kind === 'text' || spec.kind === 'path' ? given : value;
}

function notOfKind(spec: OptionSpec, given: unknown, label: string): AppError {
  if (given === '') return new AppError('usage', `${label}: the value is empty`);
  const kind = KINDS[spec.kind];
  const example = spec.choices?.join(', ') ?? spec.example ?? kind.example;
  return new AppError('usage', `${label}: ${quote(given)} is not ${kind.noun}; write e.g. ${example}`);
}

/** A value for a message: JSON, on one line, at most 60 characters. */
export function quote(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 59)}…` : json;
}

function parseFlag(text: string): boolean | undefined {
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  return /^(false|0|no|off)$/i.test(text) ? false : undefined;
}

/** A path; `auto` for a yes, `off` for a no. */
function parseFolder(text: string): string | undefined {
  const flag = parseFlag(text);
  if (flag === undefined) return asText(text);
  return flag ? 'auto' : 'off';
}

function splitList(text: string): readonly string[] | undefined {
  const items = text.split(',').map((item) => item.trim());
  return items.includes('') ? undefined : items;
}

/** `key=json` once or repeated, or one JSON object; of a key given twice the last counts. */
function parseParams(given: unknown, label: string): Readonly<Record<string, Json>> {
  if (isJsonObject(given)) return given;
  const parts: readonly unknown[] = Array.isArray(given) ? given : [given];
  return Object.fromEntries(parts.flatMap((part) => parseParam(part, label)));
}

function parseParam(part: unknown, label: string): [string, Json][] {
  if (typeof part !== 'string') throw badParam(label, `${quote(part)} is not key=json`);
  if (part.trimStart().startsWith('{')) {
    const object = parseJson(part);
    if (!isJsonObject(object)) throw badParam(label, 'the value is not a JSON object');
    return Object.entries(object);
  }
  const at = part.indexOf('=');
  const key = part.slice(0, Math.max(at, 0)).trim();
  if (key === '') throw badParam(label, `${quote(part)} is not key=json`);
  const value = parseJson(part.slice(at + 1));
  if (value !== undefined) return [[key, value]];
  throw badParam(label, `what follows "${key}=" is not JSON`, `a text needs quotes: '${key}="text"'`);
}

/** `key=text` once or repeated, or an object of texts, numbers and lists of them; of a key given twice the last counts. */
function parseVars(given: unknown, label: string): Readonly<Record<string, string>> {
  if (isJsonObject(given)) return mapValues(given, label);
  const parts: readonly unknown[] = Array.isArray(given) ? given : [given];
  return Object.fromEntries(parts.map((part) => parseVar(part, label)));
}

function parseVar(part: unknown, label: string): [string, string] {
  const [, key, text] = (typeof part === 'string' && /^\s*([^=\s]+)\s*=(.*)$/s.exec(part)) || [];
  if (key !== undefined && text !== undefined) return [key, text];
  throw new AppError('usage', `${label}: ${quote(part)} is not key=text; write e.g. labels=a,b`);
}

function mapValues(given: JsonObject, label: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      const values = Array.isArray(value) ? value : [value];
      if (values.every((item) => typeof item === 'string' || typeof item === 'number'))
        return [key, values.join(',')];
      throw new AppError('usage', `${label}: ${key} is neither a text nor a list of texts`);
    }),
  );
}

function badParam(label: string, problem: string, hint?: string): AppError {
  return new AppError('usage', `${label}: ${problem}; write e.g. top_p=0.9`, { hint });
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
