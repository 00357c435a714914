import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReset } from '../../src/provider/reset-time.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('parseReset', () => {
  it.each([
    ['1ms', 1],
    ['17ms', 17],
    ['120ms', 120],
    ['500ms', 500],
    ['1s', 1000],
    ['8.64s', 8640],
    ['2m59.56s', 179_560],
    ['6m0s', 360_000],
    ['1h30m', 5_400_000],
    ['1h30m2.5s', 5_402_500],
    ['1d', 86_400_000],
    ['0s', 0],
    ['60', 60_000],
    ['0.5', 500],
    ['0', 0],
    [' 60 ', 60_000],
    [String(NOW / 1000 + 2), 2000],
    [String(NOW + 2000), 2000],
    [String(NOW / 1000 - 5), 0],
    ['2026-03-01T12:00:02Z', 2000],
    ['2026-03-01T12:00:02.500Z', 2500],
    ['2026-03-01T13:00:02+01:00', 2000],
    ['2026-03-01T11:59:00Z', 0],
    ['Sun, 01 Mar 2026 12:00:02 GMT', 2000],
    ['Sunday, 01-Mar-26 12:00:02 GMT', 2000],
    ['Sun Mar  1 12:00:02 2026', 2000],
  ])('reads %j as %d ms', (text, ms) => {
    expect(parseReset(text, NOW)).toBeCloseTo(ms, 3);
  });

  it.each([
    '',
    'soon',
    'soon 1',
    '-1',
    '-5s',
    '1x',
    'NaN',
    'Infinity',
    '1e3',
    '6m 0s',
    'm',
    'March 1, 2026',
    'Sun',
  ])('takes %j for nothing', (text) => {
    expect(parseReset(text, NOW)).toBeUndefined();
  });

  it('never gives NaN, a negative number or infinity, whatever is written', () => {
    const pieces = fc.stringMatching(/^[0-9a-zA-Zµ.:,+\- ]{0,30}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), pieces, fc.nat().map(String)), fc.nat(), (text, now) => {
        const ms = parseReset(text, now);
        expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true);
      }),
    );
  });

  it('adds up the parts of any duration', () => {
    const part = fc.nat({ max: 999 });
    fc.assert(
      fc.property(part, part, part, part, (h, m, s, ms) => {
        const expected = h * 3_600_000 + m * 60_000 + s * 1000 + ms;
        expect(parseReset(`${h}h${m}m${s}s${ms}ms`, NOW)).toBe(expected);
      }),
    );
  });
});
