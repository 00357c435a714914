import type { CountOrShare } from './option-spec.ts';

// Strict readers of quantities: each takes the whole text or returns undefined.

/** `8`, `-1`; no fraction, no exponent. */
export function parseInteger(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? finite(Number(text)) : undefined;
}

/** `600`, `0.5`, `1e3`; no `Infinity`, no hexadecimal, no grouping. */
export function parseNumber(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? finite(Number(text)) : undefined;
}

const DURATION =
  /^(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/;
const UNIT_MS = [86_400_000, 3_600_000, 60_000, 1000, 1] as const;

/** `250ms`, `90s`, `15m`, `2h`, `1h30m`, `1d`; a bare number is seconds. Becomes whole ms. */
export function parseDuration(text: string): number | undefined {
  const bare = parseNumber(text);
  if (bare !== undefined) return finite(Math.round(bare * 1000));
  const match = DURATION.exec(text);
  if (text === '' || match === null) return undefined;
  const ms = UNIT_MS.reduce((sum, unit, at) => sum + Number(match[at + 1] ?? 0) * unit, 0);
  return finite(Math.round(ms));
}

const SIZE = /^(\d+(?:\.\d+)?)\s?(?:([kmgt])(i?b)?|b)?$/i;

/** `64MiB`, `512k`, `1.5GB`: `k` and `KiB` are 1024 bytes, `kB` 1000, as in GNU tools. Becomes bytes. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  const [, amount, letter = '', suffix = ''] = match;
  const base = suffix.toLowerCase() === 'b' ? 1000 : 1024;
  const power = letter === '' ? 0 : 'kmgt'.indexOf(letter.toLowerCase()) + 1;
  return finite(Math.round(Number(amount) * base ** power));
}

/** `20` (a count) or `5%` (a share, 0 to 100). */
export function parseLimit(text: string): CountOrShare | undefined {
  if (!text.endsWith('%')) {
    const count = parseInteger(text);
    return count === undefined ? undefined : { amount: count, unit: 'count' };
  }
  const share = parseNumber(text.slice(0, -1));
  return share === undefined ? undefined : { amount: share, unit: 'percent' };
}

/** Also turns -0 into 0. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value + 0 : undefined;
}
