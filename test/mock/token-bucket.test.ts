import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BURST_MS, JITTER_MS, TokenBucket } from '../../src/mock/token-bucket.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

describe('a token bucket', () => {
  it('holds a second and refills continuously', async () => {
    const clock = new VirtualClock();
    const bucket = new TokenBucket(6000, clock);
    expect(bucket.remaining()).toBe(110);
    bucket.take(110);
    expect(bucket.remaining()).toBe(0);
    expect(bucket.waitFor(1)).toBeCloseTo(10);
    expect(bucket.resetMs()).toBeCloseTo(1100);
    await clock.advance(10);
    expect(bucket.waitFor(1)).toBe(0);
    await clock.advance(60_000);
    expect(bucket.remaining()).toBe(110);
  });

  it('never lets in more than its rate and one burst in any window', async () => {
    const steps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60_000 }), steps, async (perMinute, gaps) => {
        const clock = new VirtualClock();
        const bucket = new TokenBucket(perMinute, clock);
        const rate = perMinute / 60_000;
        const burst = Math.max(1, rate * BURST_MS) + rate * JITTER_MS;
        const admitted: number[] = [];
        for (const gap of gaps) {
          await clock.advance(gap);
          if (bucket.waitFor(1) > 0) continue;
          bucket.take(1);
          admitted.push(clock.now());
        }
        admitted.forEach((from, i) => {
          admitted.slice(i).forEach((to, n) => {
            expect(n + 1).toBeLessThanOrEqual((to - from) * rate + burst + 1e-3);
          });
        });
      }),
    );
  });

  it('lets in whoever waits as long as told, however much it costs', async () => {
    const costs = fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100_000 }), costs, async (perMinute, asked) => {
        const clock = new VirtualClock();
        const bucket = new TokenBucket(perMinute, clock);
        for (const cost of asked) {
          await clock.advance(Math.ceil(bucket.waitFor(cost)));
          expect(bucket.waitFor(cost)).toBe(0);
          bucket.take(cost);
        }
      }),
    );
  });

  it('refuses no client that paces itself exactly, though its requests arrive unevenly', async () => {
    const jitter = fc.array(fc.integer({ min: 0, max: JITTER_MS }), { minLength: 50, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(30, 60, 600, 6000), jitter, async (perMinute, lateness) => {
        const clock = new VirtualClock();
        const bucket = new TokenBucket(perMinute, clock);
        const arrivals = lateness.map((late, i) => (i * 60_000) / perMinute + late).sort((a, b) => a - b);
        for (const at of arrivals) {
          await clock.advance(at - clock.now());
          expect(bucket.waitFor(1)).toBe(0);
          bucket.take(1);
        }
      }),
    );
  });

  it('keeps the mean rate for requests larger than a burst', async () => {
    const clock = new VirtualClock();
    const bucket = new TokenBucket(60_000, clock);
    let taken = 0;
    while (clock.now() < 600_000) {
      await clock.advance(bucket.waitFor(5000));
      bucket.take(5000);
      taken += 5000;
    }
    expect(taken / 10).toBeGreaterThan(59_000);
    expect(taken / 10).toBeLessThan(61_200);
  });
});
