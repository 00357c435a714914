import type { Json } from '../core/json.ts';
import { shortDigest } from './digest.ts';
import type { Settings } from './manifest.ts';

const LONGEST_VALUE = 60;

/** The name under which rows tell what made them: a hash of the settings. */
export function nameOf(settings: Settings): string {
  const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  return shortDigest(JSON.stringify(sorted));
}

/** What differs between two sets of settings, as in `model: "a" → "b"`. */
export function differences(before: Settings, now: Settings): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names]
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]))
    .map((name) => `${name}: ${difference(before[name], now[name])}`);
}

/** Two long texts are shown from a little before the place where they part. */
function difference(before: Json | undefined, now: Json | undefined): string {
  const [a, b] = [written(before), written(now)];
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  const from = Math.max(a.length, b.length) > LONGEST_VALUE ? Math.max(0, same - 10) : 0;
  return `${excerpt(a, from)} → ${excerpt(b, from)}`;
}

function written(value: Json | undefined): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}

function excerpt(text: string, from: number): string {
  const part = text.slice(from, from + LONGEST_VALUE);
  return `${from > 0 ? '…' : ''}${part}${from + LONGEST_VALUE < text.length ? '…' : ''}`;
}
