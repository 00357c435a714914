import type { Format } from './format.ts';

/** Line breaks, and all that could steer a terminal. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * One line a record, for people and for `paste`: the summary, or its data as JSON, or `[error code] id: message`. A
 * failed record keeps its line, so that with `--ordered` line n belongs to record n.
 */
export const textFormat: Format = {
  encode(row) {
    if (row.status === 'ok')
      return `${oneLine(row.data === undefined ? row.summary : JSON.stringify(row.data))}\n`;
    return `${oneLine(`[error ${row.error.code}] ${row.id}: ${row.error.message}`)}\n`;
  },
};

function oneLine(text: string): string {
  return text.replace(CONTROLS, ' ').trim();
}
