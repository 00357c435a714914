import { expect, it } from 'vitest';
import { formatDuration } from '../../src/mock/format-duration.ts';

it.each([
  [0, '0ms'],
  [0.2, '1ms'],
  [120, '120ms'],
  [999.5, '1s'],
  [8640, '8.64s'],
  [9816, '9.816s'],
  [360_000, '6m0s'],
  [61_500, '1m1.5s'],
  [5_402_500, '1h30m2.5s'],
  [3_600_000, '1h0m0s'],
])('writes %d ms as OpenAI does: %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
