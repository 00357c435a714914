import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenFactor } from '../../src/tokens/token-factor.ts';

/** Learns as a run does: by the estimate of now. */
function learnt(isOwn: boolean, ratios: readonly number[], counted = 1000): number {
  const factor = new TokenFactor(isOwn);
  for (const ratio of ratios) factor.learn(counted * factor.value, counted * ratio);
  return factor.value;
}

describe('the factor of an estimate', () => {
  test('is 1 at first, then what the endpoint shows', () => {
    expect(learnt(false, [])).toBe(1);
    expect(learnt(false, [1.3])).toBeCloseTo(1.3);
    expect(learnt(false, [0.9, 0.9, 0.9])).toBeCloseTo(0.9);
  });

  test('follows an endpoint that comes to count otherwise', () => {
    expect(learnt(false, [...Array<number>(40).fill(1.2), ...Array<number>(40).fill(1.6)])).toBeCloseTo(1.6);
  });

  test('is not moved by a few outliers', () => {
    expect(learnt(false, [1.2, 1.2, 1.2, 3.9, 1.2, 1.2, 0.6, 1.2])).toBeCloseTo(1.2);
  });

  test('is rather too high than too low where texts differ', () => {
    expect(learnt(false, [1, 1, 1.4, 1.4])).toBeGreaterThan(1);
    expect(learnt(false, [1, 1.1, 1.2, 1.3, 1.4])).toBeCloseTo(1.3);
  });

  test.each([0, -5, 0.2, 7, Number.NaN, Number.POSITIVE_INFINITY])('takes %d for nonsense', (ratio) => {
    expect(learnt(false, [ratio])).toBe(1);
  });

  test('learns nothing of short requests', () => {
    expect(learnt(false, [1.5], 20)).toBe(1);
    expect(learnt(false, [1.5], 0)).toBe(1);
  });

  test('stays within its bounds whatever it is told', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.double(), fc.double())), (pairs) => {
        const factor = new TokenFactor(false);
        for (const [estimated, reported] of pairs) factor.learn(estimated, reported);
        expect(factor.value >= 0.5 && factor.value <= 4).toBe(true);
      }),
    );
  });

  test('stays 1 for an own encoding, unless the endpoint plainly counts otherwise', () => {
    expect(learnt(true, [1.01, 1.04, 0.98])).toBe(1);
    expect(learnt(true, [1.12, 1.13])).toBeCloseTo(1.12);
  });
});
