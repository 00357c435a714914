import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { Events } from '../../src/core/events.ts';
import { Statistics } from '../../src/observe/statistics.ts';
import { summaryText } from '../../src/observe/summary.ts';
import { toSummaryJson } from '../../src/observe/summary-json.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { Play } from './play.ts';

let clock: VirtualClock;
let statistics: Statistics;
let play: Play;

beforeEach(() => {
  clock = new VirtualClock();
  const events = new Events();
  statistics = new Statistics(events, clock);
  play = new Play(events, clock);
  play.start();
});

const text = (bytesRead = 0, totalBytes?: number): string[] =>
  summaryText(statistics.snapshot(), { bytesRead, totalBytes }).split('\n');

async function eventfulRun(): Promise<void> {
  for (let index = 0; index < 1200; index += 1) {
    await play.whole(`${index}`, 50, { inputTokens: 1000, outputTokens: 100 });
  }
  for (const id of ['cut', 'bad', 'broken', 'open']) play.read(id);
  play.fault('cut', 'rate_limited', 50);
  play.pause(2000);
  play.retry('cut', 'rate_limited', 2000);
  await clock.advance(2000);
  play.send('cut', 2);
  play.answer('cut', 50, {}, 2);
  play.ok('cut', 2100, 'length');
  play.failed('bad', new AppError('bad_request', 'no'));
  play.broken('broken', 'invalid_json');
}

describe('the closing summary', () => {
  it('is short where nothing special happened', async () => {
    await play.whole('a', 200);
    play.end();
    expect(text()).toEqual([
      'ok         1',
      'failed     0',
      'requests   1',
      'tokens     unknown',
      'cost       unknown',
      'time       200 ms, 5 requests/s',
      'latency    p50 200 ms, p95 200 ms, p99 200 ms',
    ]);
  });

  it('tells failures and retries by code, pauses, and what is not known', async () => {
    await eventfulRun();
    play.end();
    expect(text()).toEqual([
      'ok         1,201',
      'failed     2 (bad_request 1, invalid_json 1); 1 of them unreadable',
      'truncated  1, cut at the output limit',
      'requests   1,201',
      'retries    1 (rate_limited 1)',
      'rate limit 1 answer to slow down, 1 pause of 2.0 s in all',
      'tokens     1,200,000 in, 120,000 out, not told by 1 answer',
      'cost       unknown; to have it counted: --price-in, --price-out',
      'time       1m02s, 19 requests/s',
      'latency    p50 50 ms, p95 50 ms, p99 50 ms',
    ]);
  });

  it('tells why the run stopped, what to do, and what is left', async () => {
    await eventfulRun();
    play.stop(new AppError('quota_exhausted', 'the quota is used up', { hint: 'add credit' }));
    play.end();
    expect(text(750, 1000).slice(-3)).toEqual([
      'stopped    the quota is used up (quota_exhausted)',
      'hint       add credit',
      'left       1 record begun but not ended; 25.0 % of the input not read',
    ]);
    expect(text(750).at(-1)).toBe(
      'left       1 record begun but not ended; whatever of the input was not read',
    );
  });

  it('has a line for a run without a single request', () => {
    play.end();
    expect(text()).toEqual([
      'ok         0',
      'failed     0',
      'requests   0',
      'tokens     unknown',
      'cost       $0.00',
      'time       0 ms, 0 requests/s',
    ]);
  });

  it('tells the cost, and whether that is all', async () => {
    await play.whole('a', 50, {}, 0.000_15);
    expect(text()).toContain('cost       $0.00015');
    play.fault('b', 'server_error', 50);
    expect(text()).toContain('cost       $0.00015');
    play.fault('b', 'timeout', 50);
    expect(text()).toContain('cost       at least $0.00015');
    expect(toSummaryJson(statistics.snapshot())).toMatchObject({
      cost: { usd: 0.000_15, known: 'at least' },
    });
  });

  it('says nothing of the cost where nothing is billed', async () => {
    const events = new Events();
    statistics = new Statistics(events, clock, { billed: false });
    await new Play(events, clock).whole('a', 50, { inputTokens: 1, outputTokens: 1 });
    expect(text().join()).not.toContain('cost');
    expect(toSummaryJson(statistics.snapshot())).toMatchObject({ cost: null });
  });
});

it('tells of warnings by their codes, in words and in JSON', () => {
  play.ok('a', 10, 'stop', ['too_long', 'wrong_language']);
  play.ok('b', 10, 'stop', ['too_long']);
  expect(text()).toContain('warnings   3 (too_long 2, wrong_language 1)');
  expect(toSummaryJson(statistics.snapshot())).toMatchObject({
    warnings_by_code: { too_long: 2, wrong_language: 1 },
  });
});

describe('the summary as JSON', () => {
  it('has every number, and null where it is unknown', async () => {
    await eventfulRun();
    play.stop(new AppError('quota_exhausted', 'the quota is used up'));
    play.end();
    expect(toSummaryJson(statistics.snapshot(), 3)).toMatchObject({
      records: { read: 1204, ok: 1201, failed: 2, truncated: 1, input_errors: 1, not_ended: 1 },
      failed_by_code: { bad_request: 1, invalid_json: 1 },
      requests: 1201,
      retries: 1,
      retries_by_code: { rate_limited: 1 },
      rate_limited: 1,
      pauses: 1,
      paused_ms: 2000,
      tokens: { input: 1_200_000, output: 120_000, answers_without_usage: 1 },
      cost: { usd: null, known: 'unknown' },
      wall_ms: 62_000,
      requests_per_second: 19.371,
      stopped: { code: 'quota_exhausted', message: 'the quota is used up', hint: null },
      exit_code: 3,
    });
  });

  it('is null where nothing is known', () => {
    expect(toSummaryJson(statistics.snapshot())).toMatchObject({
      tokens: { input: null, output: null },
      attempt_latency_ms: null,
      record_latency_ms: null,
      stopped: null,
      exit_code: null,
    });
  });
});
