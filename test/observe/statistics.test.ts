import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { Events } from '../../src/core/events.ts';
import { Statistics } from '../../src/observe/statistics.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { Play } from './play.ts';

let clock: VirtualClock;
let events: Events;
let statistics: Statistics;
let play: Play;

beforeEach(() => {
  clock = new VirtualClock();
  events = new Events((error) => {
    throw error;
  });
  statistics = new Statistics(events, clock);
  play = new Play(events, clock);
  play.start();
});

describe('records', () => {
  it('counts what was read, ended well, failed by code, was cut, and could not be read', () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) play.read(id);
    play.ok('a', 10);
    play.ok('b', 10, 'length');
    play.failed('c', new AppError('server_error', 'broken'));
    play.broken('d', 'invalid_json');
    const { records, failedByCode } = statistics.snapshot();
    expect(records).toEqual({ read: 5, ok: 2, failed: 2, truncated: 1, inputErrors: 1 });
    expect(failedByCode).toEqual({ server_error: 1, invalid_json: 1 });
  });
});

it('counts what rows that are well warn of, by code', () => {
  play.ok('a', 10, 'stop', ['too_long', 'wrong_language']);
  play.ok('b', 10, 'stop', ['too_long']);
  play.ok('c', 10);
  expect(statistics.snapshot().warningsByCode).toEqual({ too_long: 2, wrong_language: 1 });
});

describe('earlier runs', () => {
  it('are counted by what becomes of their rows', () => {
    for (const row of ['reused', 'failed', 'reused', 'stale', 'reused'] as const) {
      events.emit('known', { id: 'a', index: 0, row });
    }
    events.emit('damaged', { file: 'out.jsonl', line: 3, movedTo: 'out.jsonl.damaged' });
    expect(statistics.snapshot().earlier).toEqual({ reused: 3, failed: 1, stale: 1, damagedLines: 1 });
  });
});

describe('what goes on now', () => {
  const now = () => {
    const { waiting, inFlight, retrying } = statistics.snapshot();
    return { waiting, inFlight, retrying };
  };

  it('follows a record from waiting to flight to backoff and back', () => {
    play.read('a');
    play.wait('a');
    expect(now()).toEqual({ waiting: 1, inFlight: 0, retrying: 0 });
    play.send('a');
    expect(now()).toEqual({ waiting: 0, inFlight: 1, retrying: 0 });
    play.fault('a', 'server_error', 5);
    play.retry('a', 'server_error', 100);
    expect(now()).toEqual({ waiting: 0, inFlight: 0, retrying: 1 });
    play.wait('a');
    expect(now()).toEqual({ waiting: 1, inFlight: 0, retrying: 0 });
    play.send('a', 2);
    play.answer('a', 5, {}, 2);
    play.ok('a', 110);
    expect(now()).toEqual({ waiting: 0, inFlight: 0, retrying: 0 });
  });

  it('does not count a request that was refused before it was sent', () => {
    play.read('huge');
    play.wait('huge');
    play.failed('huge', new AppError('request_too_large', 'more than the limit'));
    expect(now()).toEqual({ waiting: 0, inFlight: 0, retrying: 0 });
  });

  it('keeps records of the same id apart', () => {
    for (const id of ['same', 'same']) play.wait(id);
    play.send('same');
    expect(now()).toEqual({ waiting: 1, inFlight: 1, retrying: 0 });
  });

  it('has nothing waiting once the run stops, and nothing in flight once it has ended', () => {
    for (const id of ['a', 'b', 'c']) play.wait(id);
    play.send('a');
    play.retry('c', 'server_error', 1000);
    play.stop(new AppError('interrupted', 'interrupted'));
    expect(now()).toEqual({ waiting: 0, inFlight: 1, retrying: 0 });
    play.end();
    expect(now()).toEqual({ waiting: 0, inFlight: 0, retrying: 0 });
  });
});

it('tells what limits the run until it stops', () => {
  play.limitedBy('tokens');
  expect(statistics.snapshot().limitedBy).toBe('tokens');
  play.stop(new AppError('interrupted', 'interrupted'));
  expect(statistics.snapshot().limitedBy).toBe('none');
});

describe('retries and pauses', () => {
  it('counts retries by code, and of those that told to slow down the 429s: a bare 503 is a fault', () => {
    play.fault('a', 'rate_limited', 1);
    play.retry('a', 'rate_limited', 10);
    play.fault('b', 'overloaded', 1);
    play.retry('b', 'overloaded', 10);
    play.fault('c', 'timeout', 1);
    play.retry('c', 'timeout', 10);
    const summary = statistics.snapshot();
    expect(summary.retries).toBe(3);
    expect(summary.retriesByCode).toEqual({ rate_limited: 1, overloaded: 1, timeout: 1 });
    expect(summary.rateLimited).toBe(1);
  });

  it('adds up pauses, overlapping ones once, and only as far as they have gone', async () => {
    play.pause(1000);
    await clock.advance(400);
    expect(statistics.snapshot()).toMatchObject({ pauses: 1, pausedMs: 400, pauseLeftMs: 600 });
    play.pause(1000);
    await clock.advance(5000);
    expect(statistics.snapshot()).toMatchObject({ pauses: 1, pausedMs: 1400, pauseLeftMs: 0 });
    play.pause(100);
    play.end();
    expect(statistics.snapshot()).toMatchObject({ pauses: 2, pausedMs: 1400 });
  });
});

describe('tokens', () => {
  it('are unknown, not 0, while no answer tells them', () => {
    play.answer('a', 1, {});
    expect(statistics.snapshot().tokens).toEqual({
      input: undefined,
      output: undefined,
      answersWithoutUsage: 1,
    });
  });

  it('are the sums of what is known, with the number of answers that did not tell', () => {
    play.answer('a', 1, { inputTokens: 100, outputTokens: 0 });
    play.answer('b', 1, { inputTokens: 50 });
    play.fault('c', 'timeout', 1);
    expect(statistics.snapshot().tokens).toEqual({ input: 150, output: 0, answersWithoutUsage: 1 });
  });
});

describe('times and rates', () => {
  it('tells percentiles of attempts and of records to three digits', () => {
    for (let ms = 1; ms <= 1000; ms += 1) {
      play.answer('a', ms);
      play.ok('a', ms * 10);
    }
    const { attemptLatency, recordLatency } = statistics.snapshot();
    expect(attemptLatency?.p50).toBeCloseTo(500, -1);
    expect(attemptLatency?.p99).toBeCloseTo(990, -1);
    expect(recordLatency?.p95).toBeCloseTo(9500, -2);
  });

  it('takes any latency, from none to weeks', () => {
    for (const ms of [0, 0.0001, 1e10]) play.answer('a', ms);
    expect(statistics.snapshot().attemptLatency?.p99).toBeGreaterThan(86_000_000);
  });

  it('has no latency before the first answer and no rate before any time has passed', () => {
    expect(statistics.snapshot()).toMatchObject({
      attemptLatency: undefined,
      recordLatency: undefined,
      requestsPerSecond: 0,
      recentRequestsPerSecond: 0,
    });
  });

  it('tells the rate of the whole run and that of the last ten seconds apart', async () => {
    for (let index = 0; index < 100; index += 1) await play.whole(`fast-${index}`, 100);
    expect(statistics.snapshot().recentRecordsPerSecond).toBeCloseTo(10, 0);
    for (let index = 0; index < 40; index += 1) await play.whole(`slow-${index}`, 1000);
    const summary = statistics.snapshot();
    expect(summary.recordsPerSecond).toBeCloseTo(2.8, 1);
    expect(summary.recentRecordsPerSecond).toBeCloseTo(1, 0);
    await clock.advance(60_000);
    expect(statistics.snapshot().recentRecordsPerSecond).toBe(0);
  });

  it('stands still after the end', async () => {
    await play.whole('a', 2000);
    play.end();
    await clock.advance(60_000);
    expect(statistics.snapshot()).toMatchObject({ wallMs: 2000, requestsPerSecond: 0.5 });
  });
});

it('tells why the run stopped: the first reason', () => {
  play.stop(new AppError('wrong_key', 'the endpoint refused the key', { hint: 'set GISTMILL_API_KEY' }));
  play.stop(new AppError('interrupted', 'later'));
  expect(statistics.snapshot().stopped).toEqual({
    code: 'wrong_key',
    message: 'the endpoint refused the key',
    hint: 'set GISTMILL_API_KEY',
  });
});
