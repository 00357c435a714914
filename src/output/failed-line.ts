import type { AppError } from '../core/errors.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { BrokenRecord, InputRecord } from '../core/record.ts';

/**
 * A record that failed as a line of JSON, its line end included, that can be read as an input again. Its fields are
 * as they were; a text alone gets its `id`. What could not be read becomes `{"id","error","raw"}`: it fails again
 * until it is mended.
 */
export function failedLine(record: InputRecord | BrokenRecord, error: AppError): string {
  const { fields } = record;
  if (fields === undefined) {
    const raw = 'raw' in record ? record.raw : undefined;
    const { code, message } = error;
    return `${JSON.stringify({ id: record.id, error: { code, message }, raw })}\n`;
  }
  const { text } = fields;
  if (typeof text === 'string' && Object.keys(fields).length === 1) {
    return `${JSON.stringify({ id: record.id, text })}\n`;
  }
  return `${written(fields, record.id)}\n`;
}

/** A number beyond 2^53 has lost digits when it was read; where it is the id, that still has them. */
function written(fields: JsonObject, id: string): string {
  const members = Object.entries(fields).map(
    ([name, value]) => `${JSON.stringify(name)}:${isRounded(value, id) ? id : JSON.stringify(value)}`,
  );
  return `{${members.join(',')}}`;
}

function isRounded(value: Json, id: string): boolean {
  return (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    !Number.isSafeInteger(value) &&
    /^-?\d{16,}$/.test(id) &&
    Number(id) === value
  );
}
