import { isJsonObject, type Json, type JsonObject } from './json.ts';

/**
 * The value that these steps lead to: names of own properties, indexes of arrays in digits. Undefined where
 * there is none.
 */
export function valueAt(value: unknown, steps: readonly string[]): unknown {
  let current = value;
  for (const step of steps) {
    if (Array.isArray(current)) current = /^\d+$/.test(step) ? current[Number(step)] : undefined;
    else if (isJsonObject(current) && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  return current;
}

/** A reader for one dotted path. A field whose name is the whole path, dots included, goes first. */
export function fieldReader(path: string): (fields: JsonObject) => Json | undefined {
  const steps = path.split('.');
  return (fields) =>
    Object.hasOwn(fields, path) ? fields[path] : (valueAt(fields, steps) as Json | undefined);
}
