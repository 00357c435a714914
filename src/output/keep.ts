import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/** Input fields to copy into the rows: names or dotted paths, or all fields as they are. */
export type Keep = readonly string[] | 'all';

/**
 * The kept fields, each under its name as given (`meta.title` stays one key, so that no two can
 * collide). A field that the record lacks is left out.
 */
export function keptFields(fields: JsonObject, keep: Keep): JsonObject {
  if (keep === 'all') return fields;
  // No prototype: a field may be called `__proto__`.
  const kept: Record<string, Json> = Object.create(null);
  for (const name of keep) {
    const value = fieldAt(fields, name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** A key that is spelt like the whole path wins over the path; digits index arrays. */
function fieldAt(fields: JsonObject, path: string): Json | undefined {
  if (Object.hasOwn(fields, path)) return fields[path];
  let value: Json | undefined = fields;
  for (const step of path.split('.')) value = child(value, step);
  return value;
}

function child(value: Json | undefined, step: string): Json | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(step) ? value[Number(step)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}
