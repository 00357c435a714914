import { jsonrepair } from 'jsonrepair';
import type { Json } from '../core/json.ts';

/** The JSON value of a text, or undefined. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const QUOTES = /["'“”‘’`]/g;
const PYTHON = { True: 'true', False: 'false', None: 'null' } as const;

/**
 * The value of JSON that is whole but for its syntax: commas too many, single quotation marks, raw line breaks in texts,
 * the constants of Python. Undefined where more would have to be guessed: letter by letter, nothing may come of the
 * repair that was not there before.
 */
export function mendJson(text: string): Json | undefined {
  let repaired: string;
  try {
    repaired = jsonrepair(text);
  } catch {
    return undefined;
  }
  if (count(repaired, /"/g) > count(text, QUOTES)) return undefined;
  return isSame(essence(text), essence(withoutDelimiters(repaired))) ? parseJson(repaired) : undefined;
}

/** Valid JSON without the quotation marks around its texts; those within them stay. */
function withoutDelimiters(json: string): string {
  return json.replace(/"((?:[^"\\]|\\.)*)"/gs, (_, inner: string) => inner);
}

function essence(json: string): string {
  return json
    .replace(/\b(True|False|None)\b/g, (word) => PYTHON[word as keyof typeof PYTHON])
    .replace(/\\[nrt]/g, '')
    .replace(/[\s,\\]/g, '');
}

/** Whether `before` holds the same as `after`, and besides it nothing but quotation marks. */
function isSame(before: string, after: string): boolean {
  let at = 0;
  for (const letter of [...after, undefined]) {
    while (before[at] !== undefined && before[at] !== letter?.[0] && before[at]?.match(QUOTES)) at += 1;
    if (letter === undefined) return at === before.length;
    if (!before.startsWith(letter, at)) return false;
    at += letter.length;
  }
  return true;
}

function count(text: string, marks: RegExp): number {
  return text.match(marks)?.length ?? 0;
}
