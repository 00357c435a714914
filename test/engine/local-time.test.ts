import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localTime } from '../../src/engine/local-time.ts';

describe('a local time', () => {
  it('is the moment that it names, to the second, as the local clock shows it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        const text = localTime(seconds * 1000) ?? '';
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
        expect(Date.parse(text)).toBe(seconds * 1000);
        expect(text.slice(11, 13)).toBe(String(new Date(seconds * 1000).getHours()).padStart(2, '0'));
      }),
    );
  });

  it.each([8.65e15, Number.POSITIVE_INFINITY, Number.NaN])('is unknown for %d ms', (epochMs) => {
    expect(localTime(epochMs)).toBeUndefined();
  });
});
