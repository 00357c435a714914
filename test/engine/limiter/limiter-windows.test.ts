import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuotaOptions } from '../../../src/engine/limiter/quota.ts';
import { expectWithin, sumBetween } from '../helpers/arrivals.ts';
import { driveLimiter, type Load } from '../helpers/drive-limiter.ts';
import { seededRandom } from '../helpers/seeded-random.ts';

const MINUTE = 60_000;

const load: fc.Arbitrary<Load> = fc
  .record({
    estimate: fc.integer({ min: 1, max: 1000 }),
    outputEstimate: fc.integer({ min: 0, max: 300 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    latencyMs: fc.oneof(
      fc.constant(1),
      fc.integer({ min: 1, max: 2000 }),
      fc.integer({ min: 1, max: 90_000 }),
    ),
    release: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  })
  .map(({ estimate, outputEstimate, share, latencyMs, release }) => ({
    ...{ estimate, release },
    // What is given back costs no capacity: only its own time keeps it from coming again at once, for ever.
    latencyMs: release ? Math.max(latencyMs, 1000) : latencyMs,
    actual: Math.round(estimate * share),
    output: { estimate: outputEstimate, actual: Math.round(outputEstimate * (1 - share)) },
  }));

const scene = fc.record({
  rpm: fc.integer({ min: 1, max: 400 }),
  tpm: fc.integer({ min: 1300, max: 100_000 }),
  inputTpm: fc.integer({ min: 1000, max: 100_000 }),
  outputTpm: fc.integer({ min: 300, max: 30_000 }),
  workers: fc.integer({ min: 1, max: 40 }),
  loads: fc.array(load, { minLength: 1, maxLength: 20 }),
  lateMs: fc.constantFrom(0, 1, 15),
  pauses: fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 150_000 }), ms: fc.integer({ min: 0, max: 30_000 }) }),
    { maxLength: 3 },
  ),
  seed: fc.nat(),
});

describe('in every sliding window', () => {
  it('no more requests and tokens are let through than the limits allow, whatever the load', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ workers, loads, lateMs, pauses, seed, ...each }) => {
        const random = seededRandom(seed);
        const limits: QuotaOptions[] = [
          { unit: 'requests', limit: each.rpm, windowMs: MINUTE },
          { unit: 'tokens', limit: each.tpm, windowMs: MINUTE },
          { unit: 'inputTokens', limit: each.inputTpm, windowMs: MINUTE },
          { unit: 'outputTokens', limit: each.outputTpm, windowMs: MINUTE },
        ];
        const driven = await driveLimiter({
          ...{ limits, workers, pauses },
          durationMs: 150_000,
          load: (n) => loads[n % loads.length] as Load,
          lateness: () => random() * lateMs,
        });
        expectWithin(driven.requests, each.rpm);
        expectWithin(driven.tokens, each.tpm);
        expectWithin(driven.inputTokens, each.inputTpm);
        expectWithin(driven.outputTokens, each.outputTpm);
      }),
      { numRuns: 60 },
    );
  });

  it.each([1, 60, 600, 6000])('%i requests a minute hold for windows that begin anywhere', async (rpm) => {
    const random = seededRandom(rpm);
    const { requests } = await driveLimiter({
      limits: [{ unit: 'requests', limit: rpm, windowMs: MINUTE }],
      workers: 200,
      durationMs: 200_000,
      load: () => ({ estimate: 1, actual: 1, latencyMs: 1 + random() * 3000 }),
      lateness: () => random() * 15,
    });
    expectWithin(requests, rpm);
  });
});

describe('a limit that is no whole number', () => {
  it.each([1.5, 2.25, 90.5])('of %d requests a minute is the pace, and is used up', async (rpm) => {
    const minutes = 40;
    const { requests } = await driveLimiter({
      limits: [{ unit: 'requests', limit: rpm, windowMs: MINUTE }],
      ...{ workers: 10, durationMs: minutes * MINUTE },
      load: () => ({ estimate: 1, actual: 1, latencyMs: 500 }),
    });
    for (const inOne of [1, 2, 10]) expectWithin(requests, Math.ceil(inOne * rpm), inOne * MINUTE);
    expect(sumBetween(requests, 0, minutes * MINUTE)).toBeGreaterThanOrEqual(0.98 * minutes * rpm);
  });
});

describe('at the start', () => {
  it.each([60, 600, 6000, 60_000])('there is no burst at %i requests a minute', async (rpm) => {
    const { requests } = await driveLimiter({
      limits: [{ unit: 'requests', limit: rpm, windowMs: MINUTE }],
      workers: 500,
      durationMs: 1100,
      load: () => ({ estimate: 1, actual: 1, latencyMs: 500 }),
    });
    const aSecond = rpm / 60;
    expect(sumBetween(requests, 0, 1000)).toBeLessThanOrEqual(aSecond + 1);
    expect(sumBetween(requests, 0, 100)).toBeLessThanOrEqual(aSecond / 10 + 1);
  });

  it('nor after an idle spell: a tenth of a second is the most that is saved up', async () => {
    const { requests } = await driveLimiter({
      limits: [{ unit: 'requests', limit: 6000, windowMs: MINUTE }],
      workers: 500,
      durationMs: 41_000,
      load: (n) => ({ estimate: 1, actual: 1, latencyMs: n < 500 ? 40_000 - n : 100 }),
    });
    expect(sumBetween(requests, 39_000, 40_000)).toBeLessThanOrEqual(100 + 10 + 1);
  });
});
