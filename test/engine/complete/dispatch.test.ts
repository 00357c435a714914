import fc from 'fast-check';
import PQueue from 'p-queue';
import { describe, expect, it } from 'vitest';
import { AppError, ProviderError } from '../../../src/core/errors.ts';
import { Events } from '../../../src/core/events.ts';
import { BottleneckTeller } from '../../../src/engine/bottleneck-teller.ts';
import { CircuitBreaker } from '../../../src/engine/circuit-breaker.ts';
import { dispatch } from '../../../src/engine/complete/dispatch.ts';
import { EffortMeter } from '../../../src/engine/effort-meter.ts';
import { CostEstimator } from '../../../src/engine/limiter/cost-estimator.ts';
import { LearntLimits } from '../../../src/engine/limiter/learnt-limits.ts';
import { Limiter } from '../../../src/engine/limiter/limiter.ts';
import { Pauses } from '../../../src/engine/limiter/pauses.ts';
import type { QuotaOptions } from '../../../src/engine/limiter/quota.ts';
import { RunControl } from '../../../src/engine/run-control.ts';
import { type Script, ScriptedProvider } from '../../helpers/scripted-provider.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { expectWithin, sumBetween } from '../helpers/arrivals.ts';
import { goodRow, goodRows, requestFor } from '../helpers/records.ts';
import { runEngine, startEngine } from '../helpers/run-engine.ts';
import { seededRandom } from '../helpers/seeded-random.ts';

const MINUTE = 60_000;
const rpm = (limit: number): QuotaOptions => ({ unit: 'requests', limit, windowMs: MINUTE });
const tpm = (limit: number): QuotaOptions => ({ unit: 'tokens', limit, windowMs: MINUTE });
const counted = (arrivals: readonly { readonly at: number }[]) =>
  arrivals.map(({ at }) => ({ at, amount: 1 }));

describe('requests within a limit', () => {
  it('keep to it in every window from the very first request, retries included (case 13)', async () => {
    const random = seededRandom(13);
    const { provider, sink } = await runEngine({
      rows: goodRows(1500),
      ...{ concurrency: 50, maxAttempts: 20 },
      limits: [rpm(600)],
      script: () =>
        random() < 0.2 ? { error: new ProviderError('server_error', '500') } : { latencyMs: random() * 200 },
    });
    expect(sink.outcomes.every(({ ok }) => ok)).toBe(true);
    const arrived = counted(provider.arrivals);
    expect(arrived.length).toBeGreaterThan(1700);
    expectWithin(arrived, 600);
    expect(sumBetween(arrived, 0, 1000)).toBeLessThanOrEqual(11);
  });

  it('use up 99 % of it from end to end', async () => {
    const rows = goodRows(12_000);
    const { clock } = await runEngine({
      ...{ rows, concurrency: 64, limits: [rpm(6000)] },
      script: (_request, n) => ({ latencyMs: 100 + (n % 7) * 50 }),
    });
    expect((rows.length / 6000) * MINUTE).toBeGreaterThan((clock.now() - 400) * 0.99);
  });

  it('use up 97 % of the tokens, whatever the first guesses were', async () => {
    const random = seededRandom(97);
    const rows = Array.from({ length: 1000 }, (_, index) =>
      goodRow(index, 'word '.repeat(40 + random() * 400)),
    );
    const arrived: { at: number; amount: number }[] = [];
    const { clock, start } = startEngine({
      ...{ rows, concurrency: 64, limits: [tpm(60_000)] },
      script: ({ document }) => {
        const usage = { inputTokens: 20 + Math.round(document.text.length / 5), outputTokens: 60 };
        arrived.push({ at: clock.now(), amount: usage.inputTokens + usage.outputTokens });
        return { latencyMs: 1000 + random() * 2000, usage };
      },
    });
    await clock.until(start());
    const minutes = Math.floor(clock.now() / MINUTE);
    expect(minutes).toBeGreaterThanOrEqual(4);
    expect(sumBetween(arrived, 0, minutes * MINUTE) / (60_000 * minutes)).toBeGreaterThanOrEqual(0.97);
  });
});

describe('reserved tokens', () => {
  /** When the second of two requests is sent, each of which takes a little more than half of the limit. */
  async function secondSentAt(first: ProviderError): Promise<number | undefined> {
    const { provider } = await runEngine({
      rows: [goodRow(0, 'x'.repeat(2400)), goodRow(1, 'y'.repeat(2400))],
      ...{ concurrency: 1, maxAttempts: 1, limits: [tpm(1600)] },
      script: (_request, n) => ({ latencyMs: 10, ...(n === 0 ? { error: first } : {}) }),
    });
    return provider.arrivals[1]?.at;
  }

  it('of a failed request stand, for the endpoint may have counted them', async () => {
    expect(await secondSentAt(new ProviderError('server_error', '500'))).toBeGreaterThan(MINUTE - 1000);
  });

  it('come down to what the failure says was used', async () => {
    const usage = { inputTokens: 100, outputTokens: 0 };
    expect(await secondSentAt(new ProviderError('server_error', '500', { usage }))).toBeLessThan(5000);
  });

  it('of a rejected request are given back', async () => {
    const { provider } = await runEngine({
      rows: [goodRow(0, 'x'.repeat(2400))],
      limits: [tpm(1600)],
      script: (_request, n) =>
        n === 0 ? { error: new ProviderError('rate_limited', '429', { retryAfterMs: 1000 }) } : {},
    });
    expect(provider.arrivals.map(({ at }) => at)).toEqual([0, 1000]);
  });
});

describe('what the endpoint says of its limits', () => {
  it('is taken up on the way', async () => {
    const { provider, seen } = await runEngine({
      rows: goodRows(200),
      concurrency: 4,
      script: () => ({ latencyMs: 10, limits: [{ unit: 'requests', limit: 120 }] }),
    });
    expect(seen.limits).toEqual([{ unit: 'requests', perMinute: 120, source: 'endpoint' }]);
    const afterFirst = counted(provider.arrivals).slice(4);
    expectWithin(afterFirst, 120);
  });

  it('is taken up from a rejection as well', async () => {
    const { seen } = await runEngine({
      rows: goodRows(3),
      script: (_request, n) => ({
        latencyMs: 10,
        ...(n === 0
          ? { error: new ProviderError('rate_limited', '429', { limits: [{ unit: 'requests', limit: 90 }] }) }
          : {}),
      }),
    });
    expect(seen.limits).toEqual([{ unit: 'requests', perMinute: 90, source: 'endpoint' }]);
  });

  it.each([
    ['for want of a limit by the minute, beside one by the day', 86_400_000, 1],
    ['not beside a limit by the minute', MINUTE, 0],
  ])('is taken up %s', async (_name, windowMs, times) => {
    const { seen } = await runEngine({
      rows: goodRows(3),
      limits: [{ unit: 'requests', limit: 6000, windowMs }],
      script: () => ({ latencyMs: 10, limits: [{ unit: 'requests', limit: 120 }] }),
    });
    expect(seen.limits).toHaveLength(times);
  });
});

describe('two endpoints in one process', () => {
  it('keep to limits of their own, and are paused apart', async () => {
    const clock = new VirtualClock();
    const start = (limit: number, pauses: boolean) =>
      startEngine({
        ...{ clock, rows: goodRows(200), limits: [rpm(limit)] },
        script: (_request, n) =>
          pauses && n === 0
            ? { error: new ProviderError('rate_limited', '429', { retryAfterMs: 20_000 }) }
            : {},
      });
    const [slow, fast] = [start(600, true), start(6000, false)];
    const all = Promise.all([slow.start(), fast.start()]);
    await clock.until(all);
    expect(slow.provider.arrivals.at(-1)?.at).toBeGreaterThan(39_000);
    expect(fast.provider.arrivals.at(-1)?.at).toBeLessThan(2100);
  });
});

describe('what is reserved', () => {
  const LIMIT = 1_000_000;
  const COST = { inputTokens: 100, outputTokens: 50 };

  class FixedEstimator extends CostEstimator {
    override estimate = () => COST;
  }

  const ended = fc.constantFrom(
    'answered',
    'answered, usage unknown',
    'failed',
    'failed, billed',
    'rejected',
    'hangs',
  );

  it('is what was used, once all has ended, whatever failed or was cut off', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ how: ended, used: fc.nat(400), latencyMs: fc.nat(3000) }), { maxLength: 40 }),
        fc.option(fc.nat(4000), { nil: undefined }),
        async (requests, abortAt) => {
          const clock = new VirtualClock();
          const { emit } = new Events();
          const limiter = new Limiter({
            clock,
            limits: [{ unit: 'tokens', limit: LIMIT, windowMs: 86_400_000 }],
          });
          const control = new RunControl({ clock, graceMs: 0 });
          const used: number[] = [];
          const script: Script = (_request, n) => {
            const {
              how,
              used: tokens,
              latencyMs,
            } = requests[n] ?? { how: 'answered', used: 0, latencyMs: 0 };
            const usage = { inputTokens: tokens, outputTokens: 1 };
            const endsAt = clock.now() + latencyMs;
            const isCut = how === 'hangs' || (abortAt !== undefined && endsAt > abortAt);
            if (isCut || how === 'failed' || how.endsWith('unknown')) used.push(150);
            else used.push(how === 'rejected' ? 0 : tokens + 1);
            if (how === 'hangs') return { hang: 'listening' };
            if (how === 'failed') return { latencyMs, error: new ProviderError('server_error', '500') };
            if (how === 'failed, billed') {
              return { latencyMs, error: new ProviderError('server_error', '500', { usage }) };
            }
            if (how === 'rejected') return { latencyMs, error: new ProviderError('rate_limited', '429') };
            return how === 'answered' ? { latencyMs, usage } : { latencyMs };
          };
          const queue = new PQueue({ concurrency: 5 });
          const complete = dispatch({
            ...{ provider: new ScriptedProvider(clock, script), queue, limiter, control, clock, emit },
            pauses: new Pauses({ limiter, clock, random: () => 0.5, emit }),
            bottleneck: new BottleneckTeller({ limiter, queue, emit }),
            limits: new LearntLimits({ limiter, clock, emit, given: new Set() }),
            breaker: new CircuitBreaker({ clock, limit: undefined }),
            estimator: new FixedEstimator(() => true),
            ...{ timeoutMs: 10_000, maxRetryWaitMs: 900_000 },
          });
          if (abortAt !== undefined) {
            clock.timer(abortAt + 0.5, () => control.abort(new AppError('interrupted', 'Ctrl-C')));
          }
          const call = () => ({ id: 'r', effort: new EffortMeter(clock), priority: 0 });
          await clock.until(Promise.allSettled(requests.map(() => complete(requestFor('text'), call()))));
          const rest = LIMIT - used.reduce((sum, each) => sum + each, 0);
          await clock.advance(120_000);
          if (rest < LIMIT) {
            expect(limiter.tryAcquire({ inputTokens: rest + 1, outputTokens: 0 })).toBeUndefined();
          }
          expect(limiter.tryAcquire({ inputTokens: rest, outputTokens: 0 })).toBeDefined();
        },
      ),
      { numRuns: 60 },
    );
  });
});
