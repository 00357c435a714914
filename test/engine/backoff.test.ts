import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/engine/backoff.ts';

const options = fc.record({
  attempt: fc.integer({ min: 1, max: 100_000 }),
  baseMs: fc.integer({ min: 1, max: 5000 }),
  capMs: fc.integer({ min: 1, max: 600_000 }),
  drawn: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

describe('backoff', () => {
  it('with full jitter lies anywhere between nothing and the doubled bound, and never over the cap', () => {
    fc.assert(
      fc.property(options, ({ attempt, baseMs, capMs, drawn }) => {
        const ms = backoffMs({ attempt, baseMs, capMs, random: () => drawn, jitter: 'full' });
        const bound = Math.min(capMs, baseMs * 2 ** (attempt - 1));
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(bound);
        expect(ms).toBeCloseTo(bound * drawn, 6);
      }),
    );
  });

  it('with half jitter lies in the upper half of the bound', () => {
    fc.assert(
      fc.property(options, ({ attempt, baseMs, capMs, drawn }) => {
        const ms = backoffMs({ attempt, baseMs, capMs, random: () => drawn, jitter: 'half' });
        const bound = Math.min(capMs, baseMs * 2 ** (attempt - 1));
        expect(ms).toBeGreaterThanOrEqual(bound / 2);
        expect(ms).toBeLessThanOrEqual(bound);
      }),
    );
  });
});
