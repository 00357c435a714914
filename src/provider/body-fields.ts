import { isJsonObject, type Json } from '../core/json.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields of a request's body: those of the wire, those of the answer's form, those of the user. The later win. In
 * the fields named as `groups`, which hold settings rather than one value, it is each setting that the later win.
 */
export function bodyFields(groups: readonly string[], ...parts: readonly (Fields | undefined)[]): Fields {
  const merged: Record<string, unknown> = {};
  for (const part of parts) {
    for (const [name, value] of Object.entries(part ?? {})) {
      const before = merged[name];
      const isGroup = groups.includes(name) && isJsonObject(before) && isJsonObject(value);
      merged[name] = isGroup ? { ...before, ...value } : value;
    }
  }
  return merged;
}

/** Whether the user's parameters have one of these fields of a group. */
export function hasAny(group: Json | undefined, fields: readonly string[]): boolean {
  return isJsonObject(group) && fields.some((field) => group[field] !== undefined);
}
