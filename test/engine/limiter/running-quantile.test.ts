import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunningQuantile } from '../../../src/engine/limiter/running-quantile.ts';

describe('a running quantile', () => {
  it('is not known before the first observation, and then is that', () => {
    const quantile = new RunningQuantile(0.7);
    expect(quantile.value).toBeUndefined();
    quantile.add(41);
    expect(quantile.value).toBe(41);
  });

  it('has its share of the observations at or below it, and the rest at or above', () => {
    const numbers = fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(numbers, fc.constantFrom(0.1, 0.5, 0.7, 1), (all, share) => {
        const quantile = new RunningQuantile(share);
        for (const each of all) quantile.add(each);
        const value = quantile.value ?? -1;
        expect(all.filter((each) => each <= value).length).toBeGreaterThanOrEqual(share * all.length);
        expect(all.filter((each) => each >= value).length).toBeGreaterThanOrEqual((1 - share) * all.length);
      }),
    );
  });

  it('follows the newest observations', () => {
    const quantile = new RunningQuantile(0.7);
    for (let i = 0; i < 10_000; i++) quantile.add(i % 100);
    expect(quantile.value).toBeGreaterThan(60);
    expect(quantile.value).toBeLessThanOrEqual(85);
    for (let i = 0; i < 136; i++) quantile.add(1000);
    expect(quantile.value).toBe(1000);
  });
});
