import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseDuration,
  parseInteger,
  parseLimit,
  parseNumber,
  parseSize,
} from '../../src/config/parse-quantity.ts';

describe('whole numbers', () => {
  test('every safe integer reads back as itself', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => parseInteger(String(value)) === value));
  });

  test.each(['', ' ', '4x', '1e3', '0.5', '0x10', '1_000', 'Infinity', 'NaN', '--1', '8 8'])(
    '%j is none',
    (text) => {
      expect(parseInteger(text)).toBeUndefined();
    },
  );

  test('zero is a value like any other, and never negative', () => {
    expect(parseInteger('0')).toBe(0);
    expect(parseInteger('-0')).toBe(0);
  });
});

describe('numbers', () => {
  test('every finite number reads back as itself', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseNumber(String(value))).toBe(value + 0);
      }),
    );
  });

  test.each(['', '12x', '0x10', '1,5', 'Infinity', '1e999', '.', '5%'])('%j is none', (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });
});

describe('times', () => {
  test.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1h30m', 5_400_000],
    ['1d', 86_400_000],
    ['1.5s', 1500],
    ['1m0s250ms', 60_250],
    ['90', 90_000],
    ['0', 0],
    ['0.25', 250],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', 's', '5x', '90sec', '1m1h', '1m1m', '1.5ms', '-5s', '5 s', '15M'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('any whole hours, minutes, seconds and ms add up', () => {
    const part = fc.nat(5000);
    fc.assert(
      fc.property(part, part, part, part, (h, m, s, ms) => {
        expect(parseDuration(`${h}h${m}m${s}s${ms}ms`)).toBe(((h * 60 + m) * 60 + s) * 1000 + ms);
      }),
    );
  });
});

describe('sizes', () => {
  test.each([
    ['0', 0],
    ['100', 100],
    ['100b', 100],
    ['512k', 524_288],
    ['512KiB', 524_288],
    ['512kB', 512_000],
    ['64MiB', 67_108_864],
    ['1.5G', 1_610_612_736],
    ['1 TB', 1e12],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(['', 'MiB', '5x', '-1k', '1e3', '5kk'])('%j is none', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});

test('a limit is a count or a percentage', () => {
  expect(parseLimit('20')).toEqual({ amount: 20, unit: 'count' });
  expect(parseLimit('0')).toEqual({ amount: 0, unit: 'count' });
  expect(parseLimit('0.5%')).toEqual({ amount: 0.5, unit: 'percent' });
  for (const text of ['', '%', '5 %%', '1.5', 'all']) expect(parseLimit(text)).toBeUndefined();
});
