import type { Format } from './format.ts';

/**
 * What `JSON.stringify` writes but some readers do not take: the line separators U+0085, U+2028 and
 * U+2029 with the other controls from U+007F on, and escapes of lone surrogates (RFC 8259, 8.2),
 * which strict parsers refuse. An escaped backslash matches too, as a whole, so that one which
 * stands before the letters `ud800` is not taken for an escape.
 */
const DOUBTFUL = /\\\\|\\ud[89a-f][0-9a-f]{2}|[\u007f-\u009f\u2028\u2029]/g;
const ANY_DOUBTFUL = /\\ud[89a-f]|[\u007f-\u009f\u2028\u2029]/;

/** One JSON object a line. */
export const jsonlFormat: Format = {
  encode(row) {
    const line = JSON.stringify(row);
    return `${ANY_DOUBTFUL.test(line) ? line.replace(DOUBTFUL, harmless) : line}\n`;
  },
};

function harmless(match: string): string {
  if (match === '\\\\') return match;
  if (match.startsWith('\\u')) return '\ufffd';
  return `\\u${match.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
