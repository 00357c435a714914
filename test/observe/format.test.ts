import { expect, it } from 'vitest';
import { formatDuration, formatNumber, formatSeconds, formatShort } from '../../src/observe/format.ts';

it.each([
  [0, '0'],
  [0.25, '0.3'],
  [9.96, '10'],
  [999, '999'],
  [1000, '1,000'],
  [1234567.4, '1,234,567'],
])('writes the number %d as %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

it.each([
  [999, '999'],
  [1234, '1.2k'],
  [56_789, '57k'],
  [1_250_000, '1.3M'],
  [3e9, '3.0G'],
])('writes %d shortly as %s', (value, text) => {
  expect(formatShort(value)).toBe(text);
});

it.each([
  [0, '0 ms'],
  [1.25, '1.3 ms'],
  [340.4, '340 ms'],
  [999.7, '1.0 s'],
  [59_940, '59.9 s'],
  [59_970, '1m00s'],
  [65_000, '1m05s'],
  [7_380_000, '2h03m'],
  [273_600_000, '3d04h'],
])('writes %d ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it.each([
  [0, '1 s'],
  [1400, '1 s'],
  [42_000, '42 s'],
  [65_000, '1m05s'],
])('writes %d ms in whole seconds as %s', (ms, text) => {
  expect(formatSeconds(ms)).toBe(text);
});
