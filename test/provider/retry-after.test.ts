import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../src/provider/retry-after.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('retryAfterMs', () => {
  it.each([
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.25' }, 250],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '2s' }, 2000],
    [{ 'retry-after': '600' }, 600_000],
    [{ 'retry-after': '9999999999' }, 9_999_999_999_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:02 GMT' }, 2000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '1500' }, 1500],
    [{ 'retry-after-ms': '1500', 'retry-after': '2' }, 1500],
    [{ 'retry-after-ms': 'soon', 'retry-after': '2' }, 2000],
    [{ 'x-ms-retry-after-ms': '6000' }, 6000],
  ])('reads %j as %d ms', (headers, ms) => {
    expect(retryAfterMs(headers, NOW)).toBe(ms);
  });

  it.each([
    {},
    { 'retry-after': 'soon' },
    { 'retry-after': '' },
    { 'retry-after': '-1' },
    { 'retry-after': ['1', '2'] },
  ])('counts %j as absent', (headers) => {
    expect(retryAfterMs(headers, NOW)).toBeUndefined();
  });

  it('never gives NaN, a negative number or infinity, whatever is written', () => {
    const written = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.date().map((date) => String(date)),
    );
    fc.assert(
      fc.property(written, written, fc.nat(), (seconds, ms, now) => {
        const wait = retryAfterMs({ 'retry-after': seconds, 'retry-after-ms': ms }, now);
        expect(wait === undefined || (Number.isFinite(wait) && wait >= 0)).toBe(true);
      }),
    );
  });
});
