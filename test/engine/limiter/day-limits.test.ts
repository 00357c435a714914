import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LimitUse } from '../../../src/core/limit-use.ts';
import { Limiter } from '../../../src/engine/limiter/limiter.ts';
import type { QuotaOptions } from '../../../src/engine/limiter/quota.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { type Arrived, expectWithin, sumBetween } from '../helpers/arrivals.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const START = 1_700_000_000_000;

interface Run {
  /** From the end of the run before to the begin of this one. */
  readonly idleMs: number;
  readonly lastsMs: number;
  /** Between two requests of a worker. */
  readonly gapMs: number;
}

/** One run after the other, each in a process of its own; what is known of the one before is what was kept of it. */
async function driveRuns(limits: readonly QuotaOptions[], runs: readonly Run[], tokens: number) {
  const sent: Arrived[] = [];
  let kept: readonly LimitUse[] = [];
  let epochMs = START;
  for (const { idleMs, lastsMs, gapMs } of runs) {
    epochMs += idleMs;
    const clock = new VirtualClock(epochMs);
    const limiter = new Limiter({ clock, limits, earlier: kept });
    const worker = async (): Promise<void> => {
      for (;;) {
        const permit = await limiter.acquire({ inputTokens: tokens, outputTokens: 0 });
        sent.push({ at: clock.epochMs(), amount: 1 });
        await new Promise<void>((resolve) => clock.timer(gapMs, resolve));
        permit.settle({ inputTokens: tokens, outputTokens: 0 });
      }
    };
    for (let n = 0; n < 3; n++) void worker();
    await clock.advance(lastsMs);
    kept = JSON.parse(JSON.stringify(limiter.uses()));
    epochMs = clock.epochMs();
  }
  return sent;
}

const run = fc.record({
  idleMs: fc.oneof(fc.integer({ min: 0, max: 5 * MINUTE }), fc.integer({ min: 0, max: 1.2 * DAY })),
  lastsMs: fc.oneof(fc.integer({ min: 0, max: 5 * MINUTE }), fc.integer({ min: 0, max: DAY / 2 })),
  gapMs: fc.oneof(fc.integer({ min: 1000, max: 10_000 }), fc.integer({ min: MINUTE, max: DAY / 10 })),
});

test('in every 24 hours over several runs no more is sent than the limits by the day allow', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        runs: fc.array(run, { minLength: 2, maxLength: 6 }),
        rpd: fc.integer({ min: 1, max: 60 }),
        tpd: fc.integer({ min: 1000, max: 60_000 }),
        tokens: fc.integer({ min: 1, max: 1000 }),
      }),
      async ({ runs, rpd, tpd, tokens }) => {
        const limits: QuotaOptions[] = [
          { unit: 'requests', limit: rpd, windowMs: DAY },
          { unit: 'tokens', limit: tpd, windowMs: DAY },
        ];
        const sent = await driveRuns(limits, runs, tokens);
        expectWithin(sent, Math.min(rpd, Math.floor(tpd / tokens)), DAY);
      },
    ),
    { numRuns: 60 },
  );
});

test('a run every half hour uses the limit up, day after day', async () => {
  const rpd = 500;
  const runs = Array.from({ length: 5 * 48 }, () => ({
    ...{ idleMs: 15.3 * MINUTE, lastsMs: 14.7 * MINUTE, gapMs: 20_000 },
  }));
  const sent = await driveRuns([{ unit: 'requests', limit: rpd, windowMs: DAY }], runs, 1);
  expectWithin(sent, rpd, DAY);
  expect(sumBetween(sent, START, START + 5 * DAY)).toBeGreaterThanOrEqual(0.98 * 5 * rpd);
});

test('what was taken of another unit, or seems to come from the future, is told apart and put right', () => {
  const clock = new VirtualClock(START);
  const limits: QuotaOptions[] = [{ unit: 'requests', limit: 10, windowMs: DAY }];
  const earlier: LimitUse[] = [
    { unit: 'tokens', windowMs: DAY, taken: [[START - MINUTE, 10]] },
    {
      ...{ unit: 'requests', windowMs: DAY },
      taken: [
        [START - 1.1 * DAY, 5],
        [START - DAY / 2, 3],
        [START + 400 * DAY, 4],
      ],
    },
  ];
  const limiter = new Limiter({ clock, limits, earlier });
  const taken = limiter.uses()[0]?.taken ?? [];
  expect(taken.map(([, amount]) => amount)).toEqual([3, 4]);
  expect(Math.abs((taken[1]?.[0] ?? 0) - START)).toBeLessThan(DAY / 600);
});
