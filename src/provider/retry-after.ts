import { headerOf, type ReplyHeaders } from './reply-headers.ts';
import { parseDate, parseDuration, parseSeconds } from './reset-time.ts';

/** Headers that ask to wait for a number of ms, as OpenAI and Azure write them. */
const MS_HEADERS = ['retry-after-ms', 'x-ms-retry-after-ms'];

/**
 * How long the server asks to wait, in ms: `retry-after-ms`, `x-ms-retry-after-ms`, then `Retry-After` in
 * seconds (with or without a fraction, or as a duration such as `2s`) or as a date (one that has passed
 * is 0). Anything else counts as absent. Never negative, never NaN.
 */
export function retryAfterMs(headers: ReplyHeaders, epochMs: number): number | undefined {
  for (const name of MS_HEADERS) {
    const seconds = parseSeconds(headerOf(headers, name)?.trim() ?? '');
    if (seconds !== undefined) return seconds / 1000;
  }
  const value = headerOf(headers, 'retry-after')?.trim() ?? '';
  return parseSeconds(value) ?? parseDuration(value) ?? parseDate(value, epochMs);
}
