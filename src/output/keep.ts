import { fieldReader } from '../core/field-path.ts';
import type { Json, JsonObject } from '../core/json.ts';

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
    const value = fieldReader(name)(fields);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
