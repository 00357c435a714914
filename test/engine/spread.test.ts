import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProviderError } from '../../src/core/errors.ts';
import type { QuotaOptions } from '../../src/engine/limiter/quota.ts';
import type { Script } from '../helpers/scripted-provider.ts';
import { expectWithin } from './helpers/arrivals.ts';
import { goodRows } from './helpers/records.ts';
import { runSeveral } from './helpers/run-several.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const rpm = (limit: number): QuotaOptions => ({ unit: 'requests', limit, windowMs: MINUTE, name: '--rpm' });
const tpm = (limit: number): QuotaOptions => ({ unit: 'tokens', limit, windowMs: MINUTE, name: '--tpm' });
const rpd = (limit: number): QuotaOptions => ({ unit: 'requests', limit, windowMs: DAY, name: '--rpd' });

const takes =
  (latencyMs: number): (() => Script) =>
  () =>
  () => ({ latencyMs });
const fails =
  (error: ProviderError, latencyMs = 1): (() => Script) =>
  () =>
  () => ({ latencyMs, error });
const noConnection = new ProviderError('connection', 'refused');
const wrongKey = new ProviderError('wrong_key', 'the endpoint refused the key (401)', { status: 401 });

const oks = (outcomes: Awaited<ReturnType<typeof runSeveral>>['outcomes']) =>
  outcomes.filter(({ ok }) => ok).length;

describe('several endpoints', () => {
  test('are each kept within their own limits, and use them up together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ limit: fc.integer({ min: 60, max: 300 }), ms: fc.integer({ min: 10, max: 4000 }) }),
          {
            minLength: 2,
            maxLength: 3,
          },
        ),
        async (given) => {
          const perMinute = given.reduce((sum, { limit }) => sum + limit, 0);
          const endpoints = Object.fromEntries(
            given.map(({ limit, ms }, at) => [
              `e${at}`,
              { concurrency: 64, limits: [rpm(limit)], script: takes(ms) },
            ]),
          );
          const { arrivals, outcomes } = await runSeveral({ rows: goodRows(perMinute * 2), endpoints });
          expect(oks(outcomes)).toBe(perMinute * 2);
          let inTime = 0;
          for (const [at, { limit }] of given.entries()) {
            const arrived = arrivals(`e${at}`).map(({ at: ms }) => ({ at: ms, amount: 1 }));
            expectWithin(arrived, limit);
            inTime += arrived.filter((each) => each.at < 1.9 * MINUTE).length;
          }
          expect(inTime / (perMinute * 1.9)).toBeGreaterThanOrEqual(0.97);
        },
      ),
      { numRuns: 6 },
    );
  });

  test('get their shares by weight where all have room', async () => {
    const endpoints = {
      a: { concurrency: 100, weight: 3, script: takes(100) },
      b: { concurrency: 100, weight: 1, script: takes(100) },
    };
    const { arrivals } = await runSeveral({ rows: goodRows(400), endpoints, window: 8 });
    expect(arrivals('a').length).toBe(300);
    expect(arrivals('b').length).toBe(100);
  });

  test('are each asked for their own model, and the answer tells who gave it', async () => {
    const asked: string[] = [];
    const noting = (): Script => (request) => {
      asked.push(request.model);
      return { latencyMs: 10 };
    };
    const endpoints = {
      a: { model: 'small', script: noting },
      b: { model: 'large', script: noting },
    };
    const { outcomes, ends } = await runSeveral({ rows: goodRows(10), endpoints });
    expect(new Set(asked)).toEqual(new Set(['small', 'large']));
    const who = outcomes.map((outcome) => outcome.ok && outcome.answer.endpoint);
    expect(new Set(who)).toEqual(new Set(['a', 'b']));
    expect(new Set(ends.map(({ endpoint }) => endpoint))).toEqual(new Set(['a', 'b']));
  });

  test('do not wait for one that is told to pause', async () => {
    let rejected = false;
    const pausing = (): Script => () => {
      if (rejected) return { latencyMs: 10 };
      rejected = true;
      return { error: new ProviderError('rate_limited', '429', { status: 429, retryAfterMs: 300_000 }) };
    };
    const endpoints = { a: { script: pausing }, b: { script: takes(100) } };
    const { arrivals, clock, outcomes } = await runSeveral({ rows: goodRows(400), endpoints });
    expect(oks(outcomes)).toBe(400);
    expect(clock.now()).toBeLessThan(20_000);
    expect(arrivals('a').filter(({ at }) => at > 100)).toEqual([]);
  });

  test('lose no record when one of them dies, and leave it alone but for a try now and then', async () => {
    const dies =
      (at: number): ((clock: { now(): number }) => Script) =>
      (clock) =>
      () =>
        clock.now() < at ? { latencyMs: 200 } : { latencyMs: 1, error: noConnection };
    const endpoints = {
      a: { concurrency: 16, script: dies(10_000) },
      b: { concurrency: 4, limits: [rpm(600)], script: takes(200) },
    };
    const { outcomes, states, arrivals, end } = await runSeveral({ rows: goodRows(1500), endpoints });
    expect(end.stoppedBy).toBeUndefined();
    expect(oks(outcomes)).toBe(1500);
    expect(Math.max(...outcomes.map(({ effort }) => effort.attempts))).toBeLessThanOrEqual(4);
    expect(states).toMatchObject([{ endpoint: 'a', state: 'down', left: 1 }]);
    expect(states[0]?.reason?.message).toMatch(/^endpoint a: the endpoint is down/);
    expect(arrivals('a').filter(({ at }) => at > 41_000).length).toBeLessThan(15);
  });

  test('take one back that was down for a while', async () => {
    const script =
      (clock: { now(): number }): Script =>
      () =>
        clock.now() > 5000 && clock.now() < 65_000
          ? { latencyMs: 1, error: noConnection }
          : { latencyMs: 200 };
    const endpoints = {
      a: { limits: [rpm(600)], script },
      b: { limits: [rpm(600)], script: takes(200) },
    };
    const { outcomes, states, arrivals } = await runSeveral({ rows: goodRows(3000), endpoints });
    expect(oks(outcomes)).toBe(3000);
    expect(states.map(({ endpoint, state }) => `${endpoint} ${state}`)).toEqual(['a down', 'a back']);
    expect(arrivals('a').filter(({ at }) => at > 100_000).length).toBeGreaterThan(300);
  });

  test.each([
    wrongKey,
    new ProviderError('quota_exhausted', 'no credit', { status: 429 }),
    new ProviderError('model_not_found', 'no such model', { status: 404 }),
    new ProviderError('wrong_url', 'not an API', { status: 404 }),
    new ProviderError('rate_limited', '429', { status: 429, retryAfterMs: 10_000_000 }),
  ])('go on without one that says: $code', async (error) => {
    const endpoints = { a: { script: fails(error, 50) }, b: { script: takes(100) } };
    const { outcomes, states, arrivals, end } = await runSeveral({ rows: goodRows(200), endpoints });
    expect(end.stoppedBy).toBeUndefined();
    expect(oks(outcomes)).toBe(200);
    expect(states).toMatchObject([{ endpoint: 'a', state: 'out', left: 1, fallback: false }]);
    expect(arrivals('a').length).toBeLessThanOrEqual(4);
  });

  test('stop the run with the reason of the last one', async () => {
    const quota = new ProviderError('quota_exhausted', 'no credit is left', { status: 429 });
    const script =
      (clock: { now(): number }): Script =>
      () =>
        clock.now() < 3000 ? { latencyMs: 100 } : { latencyMs: 10, error: quota };
    const endpoints = { a: { script: fails(wrongKey) }, b: { script } };
    const { outcomes, end, states, skipped } = await runSeveral({ rows: goodRows(1000), endpoints });
    expect(end.stoppedBy).toMatchObject({
      code: 'quota_exhausted',
      message: 'endpoint b: no credit is left',
    });
    expect(states.map(({ endpoint }) => endpoint)).toEqual(['a']);
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(outcomes.length + skipped.length).toBeLessThan(1000);
    expect(skipped.length).toBe(end.unfinished);
  });

  test('stop the run when nobody is there at any of them', async () => {
    const endpoints = { a: { script: fails(noConnection) }, b: { script: fails(noConnection) } };
    const { outcomes, end } = await runSeveral({ rows: goodRows(50), endpoints });
    expect(end.stoppedBy?.code).toBe('endpoint_down');
    expect(outcomes).toEqual([]);
  });

  test('stop the run when the days of all are used up', async () => {
    const endpoints = {
      a: { limits: [rpd(10)], script: takes(10) },
      b: { limits: [rpd(20)], script: takes(10) },
    };
    const { outcomes, end, states } = await runSeveral({ rows: goodRows(100), endpoints });
    expect(outcomes.length).toBe(30);
    expect(end.stoppedBy).toMatchObject({ code: 'limit_spent' });
    expect(states).toMatchObject([{ endpoint: 'a', state: 'out' }]);
  });

  test('leave to those with larger limits what is too large for others', async () => {
    const rows = goodRows(6).map((row, index) =>
      row.ok && index % 2 === 0 ? { ...row, record: { ...row.record, text: 'word '.repeat(2000) } } : row,
    );
    const endpoints = {
      a: { limits: [tpm(1000)], script: takes(10) },
      b: { limits: [tpm(100_000)], script: takes(10) },
    };
    const { outcomes, arrivals } = await runSeveral({ rows, endpoints });
    expect(oks(outcomes)).toBe(6);
    expect(arrivals('a').every(({ text }) => text.length < 100)).toBe(true);
    const both = await runSeveral({ rows, endpoints: { ...endpoints, b: { limits: [tpm(2000)] } } });
    expect(both.outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code))).toEqual(
      rows.map((_, index) => (index % 2 === 0 ? 'request_too_large' : 'ok')),
    );
  });

  test('let a record go whose own time is over while it waits', async () => {
    const endpoints = { a: { limits: [rpm(1)], concurrency: 1 }, b: { limits: [rpm(1)], concurrency: 1 } };
    const once = new Set<string>();
    const flaky =
      (): Script =>
      ({ document }) => {
        const isFirst = !once.has(document.text);
        once.add(document.text);
        return isFirst ? { error: new ProviderError('server_error', '500', { status: 500 }) } : {};
      };
    const { outcomes } = await runSeveral({
      rows: goodRows(2),
      endpoints: { a: { ...endpoints.a, script: flaky }, b: { ...endpoints.b, script: flaky } },
      recordDeadlineMs: 5000,
    });
    expect(outcomes.map((outcome) => !outcome.ok && outcome.error.code)).toEqual([
      'record_deadline',
      'record_deadline',
    ]);
    expect(outcomes[0]?.effort.endpoint).toMatch(/^[ab]$/);
  });

  test('are billed by the price of who answered', async () => {
    const usage = { inputTokens: 100, outputTokens: 10 };
    const script = (): Script => () => ({ latencyMs: 100, usage });
    const endpoints = {
      cheap: { script, costOf: () => 0.001 },
      dear: { script, costOf: () => 0.01 },
    };
    const { ends, end } = await runSeveral({
      rows: goodRows(1000),
      endpoints,
      settings: { budget: { maxCostUsd: 0.5 } },
    });
    const costs = ends.map(({ endpoint, costUsd }) => `${endpoint} ${costUsd}`);
    expect(new Set(costs)).toEqual(new Set(['cheap 0.001', 'dear 0.01']));
    const spent = ends.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0);
    expect(spent).toBeLessThanOrEqual(0.5);
    expect(spent).toBeGreaterThan(0.48);
    expect(end.stoppedBy?.code).toBe('budget_spent');
  });
});

describe('a fallback', () => {
  const refuses =
    (): Script =>
    ({ document }) =>
      document.text.endsWith('3')
        ? { error: new ProviderError('content_filtered', 'the content was refused') }
        : { latencyMs: 20 };

  test('is asked for what the first refuses, and for nothing else', async () => {
    const { outcomes, arrivals } = await runSeveral({
      rows: goodRows(20),
      endpoints: { main: { script: refuses } },
      fallback: { second: { model: 'other', script: takes(10) } },
    });
    expect(oks(outcomes)).toBe(20);
    expect(arrivals('second').map(({ text }) => text)).toEqual(['text 3', 'text 13']);
    expect(outcomes.map((outcome) => outcome.ok && outcome.answer.endpoint)).toEqual(
      goodRows(20).map((_, index) => (index % 10 === 3 ? 'second' : 'main')),
    );
  });

  test('that refuses too leaves the first refusal, with both named', async () => {
    const { outcomes } = await runSeveral({
      rows: goodRows(4),
      endpoints: { main: { script: refuses } },
      fallback: { second: { script: fails(new ProviderError('content_filtered', 'not with me')) } },
    });
    const failed = outcomes.filter(({ ok }) => !ok);
    expect(failed).toMatchObject([
      {
        error: {
          code: 'content_filtered',
          message: 'the content was refused; the fallback failed as well: not with me',
        },
        effort: { attempts: 2, endpoint: 'second' },
      },
    ]);
  });

  test('does what is left when the first goes down, and the first is asked again once it answers', async () => {
    const script =
      (clock: { now(): number }): Script =>
      () =>
        clock.now() > 5000 && clock.now() < 65_000
          ? { latencyMs: 1, error: noConnection }
          : { latencyMs: 200 };
    const { outcomes, states, arrivals } = await runSeveral({
      rows: goodRows(3000),
      endpoints: { main: { script, concurrency: 4 } },
      fallback: { second: { script: takes(200), limits: [rpm(600)] } },
    });
    expect(oks(outcomes)).toBe(3000);
    expect(states.map(({ endpoint, state }) => `${endpoint} ${state}`)).toEqual(['main down', 'main back']);
    expect(states[0]).toMatchObject({ left: 0, fallback: true });
    expect(arrivals('second').filter(({ at }) => at > 100_000)).toEqual([]);
  });

  test('does the rest when the account of the first is empty; the run stops when that of both is', async () => {
    const quota = new ProviderError('quota_exhausted', 'no credit is left', { status: 429 });
    const until =
      (ms: number): ((clock: { now(): number }) => Script) =>
      (clock) =>
      () =>
        clock.now() < ms ? { latencyMs: 100 } : { error: quota };
    const { outcomes, states, end } = await runSeveral({
      rows: goodRows(1000),
      endpoints: { main: { script: until(2000) } },
      fallback: { second: { script: until(6000) } },
    });
    expect(states).toMatchObject([{ endpoint: 'main', state: 'out', left: 0, fallback: true }]);
    expect(end.stoppedBy).toMatchObject({
      code: 'quota_exhausted',
      message: 'endpoint second: no credit is left',
    });
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(outcomes.length).toBeGreaterThan(200);
  });

  test('does not do a whole job for a key that is wrong from the start', async () => {
    const { outcomes, end } = await runSeveral({
      rows: goodRows(50),
      endpoints: { main: { script: fails(wrongKey) } },
      fallback: { second: { script: takes(10) } },
    });
    expect(end.stoppedBy?.code).toBe('wrong_key');
    expect(outcomes).toEqual([]);
  });

  test('answers for a record that meets only faults', async () => {
    const script =
      (): Script =>
      ({ document }) =>
        document.text === 'text 1'
          ? { error: new ProviderError('server_error', '500', { status: 500 }) }
          : { latencyMs: 10 };
    const { outcomes } = await runSeveral({
      rows: goodRows(5),
      endpoints: { main: { script } },
      fallback: { second: { script: takes(10) } },
    });
    expect(oks(outcomes)).toBe(5);
    expect(outcomes[1]?.effort.attempts).toBe(7);
  });
});
