const MS_PER_UNIT = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
} as const;

type Unit = keyof typeof MS_PER_UNIT;

const NUMBER = /^\d+(?:\.\d+)?$/;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g;
const RFC_3339 = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/i;
/** IMF-fixdate, RFC 850 and asctime dates all begin with the day's name (RFC 9110, section 5.6.7). */
const HTTP_DATE = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d\d:\d\d:\d\d/i;

/** Numbers from here on are epoch seconds, and epoch ms: no limit's window lasts thirty years. */
const FIRST_EPOCH_SECOND = 1e9;
const FIRST_EPOCH_MS = 1e12;

/** The longest wait told, in ms: beyond it a number is no longer exact. */
const LONGEST_MS = Number.MAX_SAFE_INTEGER;

/** A Go-style duration (`6m0s`, `17ms`, `1h30m2.5s`) in ms. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let ms = 0;
  DURATION_PART.lastIndex = 0;
  // Every reply's headers come through here, and matchAll is three times as slow.
  for (let part = DURATION_PART.exec(text); part !== null; part = DURATION_PART.exec(text)) {
    ms += Number(part[1]) * MS_PER_UNIT[part[2] as Unit];
  }
  return Math.min(ms, LONGEST_MS);
}

/** A date as HTTP or RFC 3339 write it, as ms from `epochMs`; one that has passed is 0. */
export function parseDate(text: string, epochMs: number): number | undefined {
  if (!RFC_3339.test(text) && !HTTP_DATE.test(text)) return undefined;
  // asctime names no zone and means UTC, where Date.parse would take local time.
  const at = Date.parse(/\d$/.test(text) && !RFC_3339.test(text) ? `${text} GMT` : text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - epochMs);
}

/** Plain seconds in ms. */
export function parseSeconds(text: string): number | undefined {
  return NUMBER.test(text) ? Math.min(Number(text) * 1000, LONGEST_MS) : undefined;
}

/**
 * The time until a limit's window is full again, in ms, in any written form: a duration, seconds, epoch
 * seconds or ms, an RFC 3339 or HTTP date. Never negative, never NaN; undefined for anything else.
 */
export function parseReset(value: string, epochMs: number): number | undefined {
  const text = value.trim();
  if (!NUMBER.test(text)) return parseDuration(text) ?? parseDate(text, epochMs);
  const number = Number(text);
  if (number >= FIRST_EPOCH_MS) return Math.min(Math.max(0, number - epochMs), LONGEST_MS);
  if (number >= FIRST_EPOCH_SECOND) return Math.max(0, number * 1000 - epochMs);
  return number * 1000;
}
