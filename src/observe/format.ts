import { formatUsd } from '../core/money.ts';
import type { CostSummary } from './run-summary.ts';

/** `1234567` as `1,234,567`; rates below 10 keep one decimal. */
export function formatNumber(value: number): string {
  const rounded = value > 0 && value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
  return String(rounded).replace(/(?<=\d)(?=(?:\d{3})+$)/g, ',');
}

/** `1234567` as `1.2M`: short enough for a progress line. */
export function formatShort(value: number): string {
  for (const [size, letter] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (value >= size) return `${(value / size).toFixed(value < 10 * size ? 1 : 0)}${letter}`;
  }
  return String(Math.round(value));
}

/** Ms as `340 ms`, `4.2 s`, `1m05s`, `2h03m` or `3d04h`. */
export function formatDuration(ms: number): string {
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  return formatSeconds(ms);
}

/** Ms in whole seconds and more, rounded up to 1 s at least: `1 s`, `42 s`, `1m05s`. */
export function formatSeconds(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes < 60) return `${minutes}m${twoDigits(seconds % 60)}s`;
  if (hours < 24) return `${hours}h${twoDigits(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d${twoDigits(hours % 24)}h`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** `$1.23`, `at least $1.23` where a part of it is unknown, `unknown`. */
export function writeCost({ usd, attemptsUnknown }: CostSummary): string {
  if (usd === undefined) return 'unknown';
  return attemptsUnknown > 0 ? `at least ${formatUsd(usd)}` : formatUsd(usd);
}
