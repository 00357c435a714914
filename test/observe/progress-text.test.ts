import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { Events } from '../../src/core/events.ts';
import {
  fitParts,
  progressJson,
  progressParts,
  shareDone,
  timeLeftMs,
} from '../../src/observe/progress-text.ts';
import { Statistics } from '../../src/observe/statistics.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { Play } from './play.ts';

let clock: VirtualClock;
let statistics: Statistics;
let play: Play;

const state = (bytesRead: number, totalBytes?: number) => ({
  summary: statistics.snapshot(),
  input: { bytesRead, totalBytes },
});

beforeEach(() => {
  clock = new VirtualClock();
  const events = new Events();
  statistics = new Statistics(events, clock);
  play = new Play(events, clock);
  play.start();
});

describe('progressParts', () => {
  it('tells all there is to tell, the most telling first', async () => {
    for (let index = 0; index < 20; index += 1) {
      await play.whole(`${index}`, 500, { inputTokens: 1000, outputTokens: 100 });
    }
    for (const id of ['broken', 'flying', 'waiting', 'retrying']) play.read(id);
    play.failed('broken', new AppError('bad_request', 'no'));
    play.wait('flying');
    play.send('flying');
    play.wait('waiting');
    play.retry('retrying', 'timeout', 100);
    play.limitedBy('requests');
    expect(progressParts(state(480, 4800))).toEqual([
      '8% 21 done',
      '1 failed',
      '2.1/s',
      '1m44s left',
      'limited by requests/min',
      '1 in flight',
      '1 waiting',
      '1 retrying',
      '22k tokens',
    ]);
  });

  it('tells no share and no time left where the size of the input is unknown', async () => {
    await play.whole('a', 1000);
    expect(progressParts(state(100))).toEqual(['1 done', '1/s']);
  });

  it('tells of a pause for as long as it lasts', async () => {
    play.pause(30_000);
    await clock.advance(10_000);
    expect(progressParts(state(0))).toContain('paused by the endpoint: 20 s');
    await clock.advance(20_000);
    expect(progressParts(state(0)).join()).not.toContain('paused');
  });
});

describe('shareDone and timeLeftMs', () => {
  it('count only what has ended of what was read', async () => {
    await play.whole('a', 1000);
    play.read('b');
    expect(shareDone(state(100, 200))).toBe(0.25);
    expect(timeLeftMs(state(100, 200))).toBe(3000);
  });

  it('are whole at the end, also where files grew or are empty', async () => {
    expect(shareDone(state(0, 0))).toBe(0);
    await play.whole('a', 1000);
    expect(shareDone(state(300, 200))).toBe(1);
    expect(timeLeftMs(state(300, 200))).toBe(0);
  });
});

describe('fitParts', () => {
  it('drops whole parts from the end, and cuts the first only', () => {
    const parts = ['12% 1,234 done', '56/s', '3m00s left'];
    expect(fitParts(parts, 80)).toBe('12% 1,234 done · 56/s · 3m00s left');
    expect(fitParts(parts, 25)).toBe('12% 1,234 done · 56/s');
    expect(fitParts(parts, 6)).toBe('12% 1,');
  });

  it('never gives more than fits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 30 })),
        fc.integer({ min: -3, max: 200 }),
        (parts, width) => {
          expect(fitParts(parts, width).length).toBeLessThanOrEqual(Math.max(0, width));
        },
      ),
    );
  });
});

it('tells what is spent and what it will come to', async () => {
  await play.whole('a', 1000, {}, 0.03);
  await play.whole('b', 1000, {}, 0.05);
  expect(progressParts(state(100, 1000))).toContain('$0.08 spent, about $0.80 in all');
  expect(progressParts(state(100))).toContain('$0.08 spent');
  expect(progressJson(state(100, 1000))).toMatchObject({ cost_usd: 0.08, cost_projected_usd: 0.8 });
});

it('progressJson tells the same in numbers, null where unknown', async () => {
  await play.whole('a', 1000);
  play.limitedBy('concurrency');
  expect(progressJson(state(100))).toEqual({
    event: 'progress',
    elapsed_ms: 1000,
    share_done: null,
    time_left_ms: null,
    bytes_read: 100,
    total_bytes: null,
    reused: 0,
    read: 1,
    ok: 1,
    failed: 0,
    truncated: 0,
    records_per_second: 1,
    requests: 1,
    requests_per_second: 1,
    retries: 0,
    in_flight: 0,
    waiting: 0,
    retrying: 0,
    tokens_in: null,
    tokens_out: null,
    cost_usd: null,
    cost_projected_usd: null,
    pause_left_ms: 0,
    limited_by: 'concurrency',
  });
});
