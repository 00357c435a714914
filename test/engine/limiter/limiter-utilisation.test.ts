import { describe, expect, it } from 'vitest';
import { expectWithin, sumBetween } from '../helpers/arrivals.ts';
import { driveLimiter, type Load } from '../helpers/drive-limiter.ts';
import { seededRandom } from '../helpers/seeded-random.ts';

const MINUTE = 60_000;

type Mix = (random: () => number) => Omit<Load, 'latencyMs'>;

const MIXES = {
  'mixed sizes': (random) => {
    const size = Math.round(random() < 0.1 ? 2000 + random() * 2000 : 50 + random() * 400);
    return { estimate: size, actual: size };
  },
  'estimates too high by up to a half': (random) => {
    const actual = Math.round(100 + random() * 900);
    return { estimate: Math.round(actual * (1 + random() / 2)), actual };
  },
  'estimates wrong either way': (random) => {
    const actual = Math.round(100 + random() * 900);
    return { estimate: Math.round(actual * (0.7 + 0.6 * random())), actual };
  },
} satisfies Record<string, Mix>;

const SETTINGS = [
  { tpm: 60_000, lateMs: 0, latencyMs: 200 },
  { tpm: 60_000, lateMs: 15, latencyMs: 2000 },
  { tpm: 1_000_000, lateMs: 15, latencyMs: 2000 },
];

describe('under load the limits are used up', () => {
  it.each([
    { rpm: 60, lateMs: 0, minutes: 5, workers: 10 },
    { rpm: 60, lateMs: 15, minutes: 5, workers: 10 },
    { rpm: 600, lateMs: 0, minutes: 5, workers: 40 },
    { rpm: 600, lateMs: 15, minutes: 5, workers: 40 },
    { rpm: 6000, lateMs: 0, minutes: 3, workers: 200 },
    { rpm: 6000, lateMs: 15, minutes: 3, workers: 200 },
    { rpm: 60_000, lateMs: 15, minutes: 2, workers: 500 },
  ])('$rpm requests a minute to 99 %, with timers late by up to $lateMs ms', async (each) => {
    const { rpm, lateMs, minutes, workers } = each;
    const random = seededRandom(rpm + lateMs);
    const { requests } = await driveLimiter({
      limits: [{ unit: 'requests', limit: rpm, windowMs: MINUTE }],
      ...{ workers, durationMs: minutes * MINUTE },
      load: () => ({ estimate: 1, actual: 1, latencyMs: 50 + random() * 300 }),
      lateness: () => random() * lateMs,
    });
    const used = sumBetween(requests, 0, minutes * MINUTE) / (rpm * minutes);
    expect(used).toBeGreaterThanOrEqual(0.99);
    expectWithin(requests, rpm);
  });

  it.each(Object.entries(MIXES).flatMap(([name, mix]) => SETTINGS.map((each) => ({ name, mix, ...each }))))(
    '$tpm tokens a minute to 97 %: $name, answers after about $latencyMs ms',
    async (each) => {
      const { mix, tpm, lateMs, latencyMs } = each;
      const random = seededRandom(tpm + latencyMs);
      const { tokens } = await driveLimiter({
        limits: [{ unit: 'tokens', limit: tpm, windowMs: MINUTE }],
        ...{ workers: 200, durationMs: 6 * MINUTE },
        load: () => ({ ...mix(random), latencyMs: latencyMs * (0.5 + random()) }),
        lateness: () => random() * lateMs,
      });
      const used = sumBetween(tokens, 0, 6 * MINUTE) / (tpm * 6);
      expect(used).toBeGreaterThanOrEqual(0.97);
    },
  );

  it.each([
    { name: 'the input, with the output near its limit', outputTpm: 26_000 },
    { name: 'the output', outputTpm: 12_000 },
  ])('input and output tokens apart, to 97 % of the tighter one: $name', async ({ outputTpm }) => {
    const random = seededRandom(outputTpm);
    const minutes = 6;
    const driven = await driveLimiter({
      limits: [
        { unit: 'inputTokens', limit: 120_000, windowMs: MINUTE },
        { unit: 'outputTokens', limit: outputTpm, windowMs: MINUTE },
      ],
      ...{ workers: 200, durationMs: minutes * MINUTE },
      load: () => ({
        ...{ estimate: 600, actual: Math.round(400 + random() * 400) },
        output: { estimate: 130, actual: Math.round(80 + random() * 80) },
        latencyMs: 1000 + random() * 2000,
      }),
      lateness: () => random() * 15,
    });
    const shareOf = (arrived: typeof driven.tokens, limit: number): number =>
      sumBetween(arrived, 0, minutes * MINUTE) / (limit * minutes);
    const tighter = Math.max(shareOf(driven.inputTokens, 120_000), shareOf(driven.outputTokens, outputTpm));
    expect(tighter).toBeGreaterThanOrEqual(0.97);
  });
});
