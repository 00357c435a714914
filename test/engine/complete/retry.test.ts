import { describe, expect, it } from 'vitest';
import { AppError, ProviderError, type ProviderErrorExtra } from '../../../src/core/errors.ts';
import type { ErrorCode } from '../../../src/core/failures.ts';
import type { Script } from '../../helpers/scripted-provider.ts';
import { goodRows } from '../helpers/records.ts';
import { runEngine, startEngine } from '../helpers/run-engine.ts';

const failure = (code: ErrorCode, extra: ProviderErrorExtra = {}) => new ProviderError(code, code, extra);

/** The first attempts at each record fail, so many of them; the rest are answered. */
function failFirst(count: number, error: ProviderError, latencyMs = 10): Script {
  const attempts = new Map<string, number>();
  return ({ document }) => {
    const n = attempts.get(document.text) ?? 0;
    attempts.set(document.text, n + 1);
    return n < count ? { latencyMs, error } : { latencyMs };
  };
}

describe('retrying', () => {
  it('asks again until an answer comes and counts the requests', async () => {
    const { sink, seen } = await runEngine({
      rows: goodRows(1),
      script: failFirst(5, failure('server_error', { status: 500, usage: { inputTokens: 7 } })),
    });
    expect(sink.outcomes).toMatchObject([{ ok: true, effort: { attempts: 6, usage: { inputTokens: 35 } } }]);
    expect(seen.retries.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
    expect(seen.attempts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('ends in the last failure once the attempts are used up', async () => {
    let n = 0;
    const { sink, provider } = await runEngine({
      rows: goodRows(1),
      maxAttempts: 3,
      script: () => ({ error: failure('server_error', { requestId: `req-${++n}` }) }),
    });
    expect(provider.arrivals).toHaveLength(3);
    expect(sink.outcomes).toMatchObject([
      { ok: false, error: { code: 'server_error', requestId: 'req-3' }, effort: { attempts: 3 } },
    ]);
  });

  it('asks once, and only once, where the failure is final; the neighbours are not held up', async () => {
    const { sink, provider, clock } = await runEngine({
      rows: goodRows(10),
      script: ({ document }) => ({
        latencyMs: 10,
        ...(document.text === 'text 3' ? { error: failure('context_too_long', { status: 400 }) } : {}),
      }),
    });
    expect(provider.arrivals).toHaveLength(10);
    expect(sink.outcomes.filter(({ ok }) => ok)).toHaveLength(9);
    expect(clock.now()).toBe(30);
  });

  it('asks a second time, and no more, for an answer without text', async () => {
    const { sink, provider } = await runEngine({ rows: goodRows(1), script: () => ({ text: ' ' }) });
    expect(provider.arrivals).toHaveLength(2);
    expect(sink.outcomes).toMatchObject([{ ok: false, error: { code: 'empty_answer' } }]);
  });

  it('waits at least as long as the endpoint asks, and in the meantime serves the others', async () => {
    const { sink, provider } = await runEngine({
      rows: goodRows(3),
      concurrency: 1,
      script: (_request, n) =>
        n === 0 ? { error: failure('server_error', { retryAfterMs: 30_000 }) } : { latencyMs: 10 },
    });
    expect(provider.arrivals.map(({ at, text }) => [at, text])).toEqual([
      [0, 'text 0'],
      [0, 'text 1'],
      [10, 'text 2'],
      [30_000, 'text 0'],
    ]);
    expect(sink.outcomes).toHaveLength(3);
  });

  it('puts what was begun before what is new', async () => {
    const { provider } = await runEngine({
      rows: goodRows(20),
      concurrency: 1,
      script: (_request, n) => ({ latencyMs: 1000, ...(n === 0 ? { error: failure('connection') } : {}) }),
    });
    const again = provider.arrivals.findLastIndex(({ text }) => text === 'text 0');
    expect(again).toBeLessThanOrEqual(2);
  });

  it('gives each record its third attempt under a timeout shorter than all of them together (case 7)', async () => {
    const { sink, clock } = await runEngine({
      rows: goodRows(10),
      concurrency: 1,
      timeoutMs: 1000,
      script: failFirst(2, failure('server_error', { status: 500 }), 600),
    });
    expect(sink.outcomes.map(({ ok, effort }) => [ok, effort.attempts])).toEqual(Array(10).fill([true, 3]));
    expect(clock.now()).toBeGreaterThanOrEqual(10 * 3 * 600);
  });
});

describe('a 429', () => {
  it('pauses everybody once and then all succeed (case 3)', async () => {
    const error = failure('rate_limited', { status: 429, retryAfterMs: 2000 });
    const { sink, provider, seen } = await runEngine({
      rows: goodRows(10),
      script: (_request, n) => ({ latencyMs: 10, ...(n < 3 ? { error } : {}) }),
    });
    expect(sink.outcomes.map(({ ok }) => ok)).toEqual(Array(10).fill(true));
    expect(provider.arrivals).toHaveLength(13);
    expect(seen.pauses).toHaveLength(1);
    expect(seen.retries.map(({ delayMs }) => delayMs)).toEqual([0, 0, 0]);
    expect(provider.arrivals.filter(({ at }) => at > 10 && at < 2010)).toEqual([]);
  });

  it('has a budget of its own, apart from other faults', async () => {
    const { sink } = await runEngine({
      rows: goodRows(1),
      maxAttempts: 2,
      maxRateLimitAttempts: 10,
      script: (_request, n) => ({
        ...(n < 8 ? { error: failure('rate_limited', { retryAfterMs: 100 }) } : {}),
        ...(n === 4 ? { error: failure('connection') } : {}),
      }),
    });
    expect(sink.outcomes).toMatchObject([{ ok: true, effort: { attempts: 9 } }]);
  });

  it.each([0, 1, undefined])('that never ends is no hot loop (retry-after %s ms)', async (retryAfterMs) => {
    const { sink, provider, clock } = await runEngine({
      rows: goodRows(8),
      concurrency: 8,
      maxRateLimitAttempts: 12,
      script: () => ({ error: failure('rate_limited', { status: 429, retryAfterMs }) }),
    });
    expect(sink.outcomes.every(({ ok }) => !ok)).toBe(true);
    const soon = provider.arrivals.filter(({ at }) => at < 1000).length;
    expect(soon).toBeLessThanOrEqual(3 * 8);
    expect(clock.now()).toBeGreaterThan(5000);
  });

  it('that asks for just as long as is allowed is obeyed (case 11)', async () => {
    const { sink, clock, end } = await runEngine({
      rows: goodRows(1),
      maxRetryWaitMs: 600_000,
      script: (_request, n) => (n === 0 ? { error: failure('rate_limited', { retryAfterMs: 600_000 }) } : {}),
    });
    expect(end.stoppedBy).toBeUndefined();
    expect(sink.outcomes).toMatchObject([{ ok: true }]);
    expect(clock.now()).toBe(600_000);
  });

  it('that asks for more stops the run, and nobody gets a row for it (case 11)', async () => {
    for (const retryAfterMs of [600_001, 86_400_000, 9_999_999_999_000]) {
      const { sink, provider, end, clock } = await runEngine({
        rows: goodRows(20),
        maxRetryWaitMs: 600_000,
        script: (_request, n) => ({ latencyMs: 10 + n, error: failure('rate_limited', { retryAfterMs }) }),
      });
      const seconds = Math.ceil(retryAfterMs / 1000);
      expect(end.stoppedBy).toMatchObject({
        code: 'retry_wait_too_long',
        message: `the endpoint asks to wait ${seconds} s, more than --max-retry-wait (600 s)`,
      });
      expect(provider.arrivals).toHaveLength(4);
      expect(sink.outcomes).toEqual([]);
      expect(clock.now()).toBeLessThan(1000);
      const [, readyAt = ''] =
        /^run the same command again after (.*)$/.exec(end.stoppedBy?.hint ?? '') ?? [];
      expect(Math.abs(Date.parse(readyAt) - (clock.epochMs() + retryAfterMs))).toBeLessThan(1000);
    }
  });
});

describe('a failure that concerns the whole run', () => {
  it.each(['quota_exhausted', 'wrong_key', 'model_not_found', 'wrong_url'] as const)(
    '%s stops it: no more requests than were in flight, and no rows for what was not done (case 1)',
    async (code) => {
      const { sink, provider, end } = await runEngine({
        rows: goodRows(20),
        concurrency: 4,
        script: (_request, n) => ({ latencyMs: 10 + n, error: failure(code, { status: 429 }) }),
      });
      expect(provider.arrivals).toHaveLength(4);
      expect(end.stoppedBy).toMatchObject({ code });
      expect(sink.outcomes).toEqual([]);
      expect(end.unfinished).toBe(sink.skipped.length);
    },
  );

  it('lets what is in flight come back, good or finally bad', async () => {
    const { sink, end, seen } = await runEngine({
      rows: goodRows(20),
      concurrency: 4,
      script: (_request, n) => {
        if (n === 0) return { latencyMs: 10, error: failure('wrong_key') };
        if (n === 1) return { latencyMs: 20 };
        if (n === 2) return { latencyMs: 30, error: failure('bad_request') };
        return { latencyMs: 40, error: failure('connection') };
      },
    });
    expect(sink.outcomes.map(({ ok, record }) => [record.index, ok])).toEqual([
      [1, true],
      [2, false],
    ]);
    expect(end.stoppedBy).toMatchObject({ code: 'wrong_key' });
    expect(sink.skipped).toContain(3);
    expect(seen.retries).toEqual([]);
  });
});

describe('a stop', () => {
  it('during a backoff or a pause ends the run promptly', async () => {
    for (const code of ['server_error', 'rate_limited'] as const) {
      const { clock, control, start, sink, provider } = startEngine({
        rows: goodRows(20),
        script: () => ({ error: failure(code, { retryAfterMs: 600_000 }) }),
      });
      const run = start();
      await clock.advance(5000);
      const sent = provider.arrivals.length;
      control.stop(new AppError('interrupted', 'Ctrl-C'));
      const end = await clock.until(run);
      expect(clock.now()).toBe(5000);
      expect(provider.arrivals.length).toBe(sent);
      expect(end.unfinished).toBe(sink.skipped.length);
      expect(clock.pending).toBe(0);
    }
  });
});
