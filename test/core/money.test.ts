import { expect, test } from 'vitest';
import { formatUsd, roundUsd, UsdSum } from '../../src/core/money.ts';

test('a million small amounts add up to the billionth', () => {
  const sum = new UsdSum(1);
  for (let i = 0; i < 1_000_000; i++) sum.add(0.000_000_1);
  expect(sum.usd).toBe(1.1);
});

test('an amount is rounded to billionths of a dollar', () => {
  expect(roundUsd(0.000_123_456_789_4)).toBe(0.000_123_457);
});

test.each([
  [0, '$0.00'],
  [5, '$5.00'],
  [1234.567, '$1234.57'],
  [0.1, '$0.10'],
  [0.25, '$0.25'],
  [0.0123, '$0.0123'],
  [0.03, '$0.03'],
  [0.000_045_67, '$0.0000457'],
  [0.000_000_000_1, '$0.00'],
  [0.999_99, '$1.00'],
])('%d dollars are written as %s', (usd, text) => {
  expect(formatUsd(usd)).toBe(text);
});
