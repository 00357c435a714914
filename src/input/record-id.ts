import { fieldReader } from '../core/field-path.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { IdKind } from '../core/record.ts';

/** Where an id is looked for when no field is named; `custom_id` is what batch files of OpenAI's form have. */
const DEFAULT_FIELDS = ['id', 'custom_id'];

/** An id as written, and what it was in JSON. */
export interface OwnId {
  readonly id: string;
  readonly idKind: IdKind;
}

/**
 * A reader for the record's own id as written, or undefined where it has none. `raw` is the JSON that
 * the record was read from: a number beyond 2^53 can only be told from its neighbours there.
 */
export function idReader(
  idField: string | undefined,
): (fields: JsonObject, raw?: string) => OwnId | undefined {
  const sources = (idField === undefined ? DEFAULT_FIELDS : [idField]).map((path) => ({
    read: fieldReader(path),
    written: largeNumbers(path.slice(path.lastIndexOf('.') + 1)),
  }));
  return (fields, raw) => {
    for (const { read, written } of sources) {
      const id = asId(read(fields), written, raw);
      if (id !== undefined) return id;
    }
    return undefined;
  };
}

function asId(value: Json | undefined, written: RegExp, raw: string | undefined): OwnId | undefined {
  if (typeof value === 'string') return value === '' ? undefined : { id: value, idKind: 'text' };
  if (typeof value !== 'number') return undefined;
  const id = numberAsWritten(value, written, raw);
  return id === undefined ? undefined : { id, idKind: 'number' };
}

function numberAsWritten(value: number, written: RegExp, raw: string | undefined): string | undefined {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return String(value);
  return raw === undefined ? undefined : digitsOf(value, written, raw);
}

/** The digits of a large number as written, if only one number under its name can be meant. */
function digitsOf(value: number, written: RegExp, raw: string): string | undefined {
  const found = new Set<string>();
  for (const [, digits] of raw.matchAll(written)) {
    if (digits !== undefined && Number(digits) === value) found.add(digits);
  }
  const [only] = found;
  return found.size === 1 ? only : undefined;
}

/** Finds whole numbers of 16 digits and more under one name in JSON; `\"name\":` inside a string is not that name. */
function largeNumbers(name: string): RegExp {
  const key = JSON.stringify(name).replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`${key}\\s*:\\s*(-?\\d{16,})(?![\\d.eE])`, 'g');
}
