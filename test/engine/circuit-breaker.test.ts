import { describe, expect, it } from 'vitest';
import { ProviderError, type ProviderErrorExtra } from '../../src/core/errors.ts';
import type { ErrorCode } from '../../src/core/failures.ts';
import { CircuitBreaker } from '../../src/engine/circuit-breaker.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { goodRows } from './helpers/records.ts';
import { runEngine, startEngine } from './helpers/run-engine.ts';

const SECOND = 1000;
const failure = (code: ErrorCode, extra: ProviderErrorExtra = {}) => new ProviderError(code, code, extra);
const refused = failure('connection', { hint: 'check the URL' });

describe('the circuit breaker', () => {
  function setUp(limit: number | undefined = 5) {
    const clock = new VirtualClock();
    const breaker = new CircuitBreaker({ clock, limit });
    const fail = (count: number, error = failure('server_error', { status: 500 })) => {
      let down: unknown;
      for (let i = 0; i < count; i++) down = breaker.failed(error);
      return down;
    };
    return { clock, breaker, fail };
  }

  it('says that the endpoint is down after so many failures in a row, half a minute after the first', async () => {
    const { clock, fail } = setUp();
    expect(fail(100)).toBeUndefined();
    await clock.advance(30 * SECOND);
    expect(fail(1)).toMatchObject({
      code: 'endpoint_down',
      message: 'the endpoint is down: 101 attempts in a row failed for 30 s, the last with: server_error',
      hint: 'run the same command again once it is back',
    });
  });

  it('does not by time alone', async () => {
    const { clock, fail } = setUp();
    fail(1);
    await clock.advance(600 * SECOND);
    expect(fail(3)).toBeUndefined();
    expect(fail(1)).toBeDefined();
  });

  it.each([
    'connection',
    'timeout',
    'server_error',
    'truncated_body',
    'invalid_response',
    'overloaded',
  ] as const)('counts %s', async (code) => {
    const { clock, breaker, fail } = setUp();
    breaker.answered();
    fail(4, failure(code));
    await clock.advance(30 * SECOND);
    expect(fail(1, failure(code))).toBeDefined();
  });

  it.each([
    [refused, true],
    [failure('server_error', { status: 502 }), true],
    [failure('overloaded', { status: 503 }), true],
    [failure('server_error', { status: 500 }), false],
    [failure('timeout'), false],
    [failure('invalid_response', { status: 200 }), false],
  ])('calls it an outage where nobody is reached: %s, %s', (error, expected) => {
    const { breaker, fail } = setUp();
    breaker.answered();
    fail(4, error);
    expect(breaker.isOutage(error)).toBe(false);
    fail(1, error);
    expect(breaker.isOutage(error)).toBe(expected);
  });

  it.each([
    ['an answer', undefined],
    ['a refusal of one record', failure('bad_request', { status: 400 })],
    ['an answer without text', failure('empty_answer', { status: 200 })],
  ])('begins anew after %s', async (_name, error) => {
    const { clock, breaker, fail } = setUp();
    fail(4);
    await clock.advance(30 * SECOND);
    if (error === undefined) breaker.answered();
    else breaker.failed(error);
    expect(fail(4)).toBeUndefined();
  });

  it.each([
    ['a request to slow down', failure('rate_limited', { status: 429 })],
    ['an overloaded endpoint', failure('overloaded', { status: 529 })],
    ['a deadline of the user’s own', failure('record_deadline')],
  ])('neither counts %s nor takes it for an answer', async (_name, error) => {
    const { clock, fail } = setUp();
    fail(4);
    expect(fail(100, error)).toBeUndefined();
    await clock.advance(30 * SECOND);
    expect(fail(100, error)).toBeUndefined();
    expect(fail(1)).toBeDefined();
  });

  it('needs six failed connections where nobody ever answered, and its number once somebody did', async () => {
    const { clock, breaker, fail } = setUp(50);
    fail(6, refused);
    await clock.advance(30 * SECOND);
    expect(fail(1, refused)).toMatchObject({ code: 'endpoint_down', hint: 'check the URL' });
    const other = setUp(50);
    other.breaker.answered();
    other.fail(6, refused);
    await other.clock.advance(30 * SECOND);
    expect(other.fail(1, refused)).toBeUndefined();
    expect([breaker.isOutage(refused), other.breaker.isOutage(refused)]).toEqual([true, false]);
  });

  it('does nothing without a number', async () => {
    const clock = new VirtualClock();
    const breaker = new CircuitBreaker({ clock, limit: undefined });
    for (let i = 0; i < 1000; i++) breaker.failed(refused);
    await clock.advance(600 * SECOND);
    expect(breaker.failed(refused)).toBeUndefined();
    expect(breaker.isOutage(refused)).toBe(false);
  });
});

describe('a run whose endpoint is down', () => {
  it.each([
    { records: 1, concurrency: 16 },
    { records: 10_000, concurrency: 16 },
    { records: 10_000, concurrency: 1 },
  ])('from the start ends within a minute, with no row: %j', async ({ records, concurrency }) => {
    const { end, sink, source, clock } = await runEngine({
      ...{ rows: goodRows(records), concurrency, maxConsecutiveFailures: 50 },
      script: () => ({ latencyMs: 1, error: refused }),
    });
    expect(end.stoppedBy).toMatchObject({ code: 'endpoint_down' });
    expect(sink.outcomes).toEqual([]);
    expect(end.unfinished).toBe(source.taken);
    expect(clock.now()).toBeGreaterThanOrEqual(30 * SECOND);
    expect(clock.now()).toBeLessThan(60 * SECOND);
  });

  it('goes on where it comes back in time, however many attempts that took', async () => {
    const clock = new VirtualClock();
    const isDown = (): boolean => clock.now() > 5 * SECOND && clock.now() < 33 * SECOND;
    const { end, sink } = await runEngine({
      ...{ clock, rows: goodRows(5000), concurrency: 16, maxConsecutiveFailures: 50 },
      script: () => (isDown() ? { latencyMs: 1, error: refused } : { latencyMs: 100 }),
    });
    expect(end.stoppedBy).toBeUndefined();
    expect(sink.outcomes.filter(({ ok }) => ok)).toHaveLength(5000);
  });

  it('midway stops: what was in flight is not done rather than failed', async () => {
    const clock = new VirtualClock();
    const { end, sink, source } = await runEngine({
      ...{ clock, rows: goodRows(10_000), concurrency: 16, maxConsecutiveFailures: 50 },
      script: (_request, n) =>
        clock.now() < 5 * SECOND
          ? { latencyMs: 100 }
          : { latencyMs: 20 + (n % 5), error: failure('server_error', { status: 502 }) },
    });
    expect(end.stoppedBy).toMatchObject({ code: 'endpoint_down' });
    expect(sink.outcomes.every(({ ok }) => ok)).toBe(true);
    expect(sink.outcomes.length + end.unfinished).toBe(source.taken);
    expect(clock.now()).toBeLessThan(65 * SECOND);
  });

  it('and answers with 500s stops too, with a row for those records alone whose attempts were used up', async () => {
    const { end, sink } = await runEngine({
      ...{ rows: goodRows(100_000), concurrency: 16, maxConsecutiveFailures: 50 },
      script: () => ({ latencyMs: 20, error: failure('server_error', { status: 500 }) }),
    });
    expect(end.stoppedBy).toMatchObject({ code: 'endpoint_down' });
    expect(sink.outcomes.length).toBeLessThan(500);
  });

  it('for some records only is not taken for down', async () => {
    const { end, sink } = await runEngine({
      ...{ rows: goodRows(400), concurrency: 16, maxConsecutiveFailures: 50 },
      script: ({ document }) =>
        Number(document.text.slice(5)) % 2 === 0
          ? { latencyMs: 100 }
          : { latencyMs: 100, error: failure('server_error', { status: 500 }) },
    });
    expect(end.stoppedBy).toBeUndefined();
    expect(sink.outcomes.filter(({ ok }) => !ok)).toHaveLength(200);
  });

  it('can be interrupted while it is being waited for', async () => {
    const { control, start, clock } = startEngine({
      ...{ rows: goodRows(100), maxConsecutiveFailures: 50 },
      script: () => ({ latencyMs: 1, error: refused }),
    });
    const run = start();
    await clock.advance(20 * SECOND);
    control.stop(failure('interrupted'));
    const end = await clock.until(run);
    expect(end.stoppedBy).toMatchObject({ code: 'interrupted' });
    expect(clock.now()).toBe(20 * SECOND);
  });
});
