import type { JsonObject } from '../core/json.ts';

const LONGEST_LIST = 10;
const LONGEST_NAME = 40;

/** The names of the fields that a record has, for an error message: bounded in number and length. */
export function listFields(fields: JsonObject): string {
  const names = Object.keys(fields);
  if (names.length === 0) return 'it has no fields';
  const shown = names.slice(0, LONGEST_LIST).map(shorten).join(', ');
  const more = names.length - LONGEST_LIST;
  return `it has: ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}

/** One line, however odd the name. */
function shorten(name: string): string {
  const plain = /^[\p{L}\p{N}_.-]+$/u.test(name) ? name : JSON.stringify(name);
  return plain.length > LONGEST_NAME ? `${plain.slice(0, LONGEST_NAME)}…` : plain;
}
