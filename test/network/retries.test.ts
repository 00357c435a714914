import { describe, expect, it } from 'vitest';
import { answer } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { failures, sortedRows } from '../helpers/result-rows.ts';
import { withMock } from './mock-process.ts';
import { failure, summarise, texts } from './summarise.ts';

const GOOD = answer('Fine.');

describe.concurrent('what is not asked again', () => {
  it('a spent quota: the run ends with what was in flight (case 1)', async () => {
    const spent = failure(429, {
      code: 'insufficient_quota',
      type: 'insufficient_quota',
      message: 'See billing.',
    });
    const { requests, rows, exitCode, stderr } = await summarise([spent], {
      texts: texts(20),
      args: ['--concurrency', '4'],
    });
    expect(requests.length).toBeLessThanOrEqual(4);
    expect({ rows, exitCode }).toEqual({ rows: [], exitCode: 3 });
    expect(stderr).toContain('429 insufficient_quota: See billing.');
    expect(stderr).toMatch(/hint: check the plan and the billing/);
  });

  it.each([400, 500])(
    'a text too long for the model, under a %i as well, while its neighbours go on (case 5)',
    async (status) => {
      const long = 'word '.repeat(300);
      const all = [...texts(3), long, ...texts(6).slice(3)];
      const tooLong = { code: 'context_length_exceeded', message: 'maximum context length is 100 tokens' };
      const { rows, asked, stdout, exitCode } = await summarise(
        (text) => (text === long ? failure(status, tooLong) : GOOD),
        { texts: all, args: ['--concurrency', '2', '--strategy', 'single'] },
      );
      expect(asked).toEqual(Array(7).fill(1));
      expect(rows).toHaveLength(7);
      expect(failures(stdout)).toEqual(['4 context_too_long']);
      expect(exitCode).toBe(1);
    },
  );
});

describe.concurrent('an attempt', () => {
  it('has the timeout for itself: neither waiting nor earlier attempts use it up (case 7)', async () => {
    const { rows, exitCode } = await summarise(
      (_text, n) => ({ ...(n < 2 ? failure(500) : GOOD), delayMs: 700 }),
      { texts: texts(2), args: ['--timeout', '2s', '--max-attempts', '3', '--concurrency', '1'] },
    );
    expect(rows).toMatchObject(Array(2).fill({ status: 'ok', attempts: 3 }));
    expect(exitCode).toBe(0);
  });
});

describe.concurrent('a wait that the endpoint asks for', () => {
  /** Ms that a record took whose first request is told to wait. */
  async function waited(headers: Readonly<Record<string, string>>, args: readonly string[] = []) {
    const { rows } = await summarise((_text, n) => (n === 0 ? failure(429, {}, headers) : GOOD), {
      texts: texts(1),
      args,
    });
    expect(rows).toMatchObject([{ status: 'ok', attempts: 2 }]);
    return rows[0]?.latency_ms;
  }

  it('as a date is kept (case 9)', async () => {
    let until = 0;
    const arrivals: number[] = [];
    const { rows } = await summarise(
      (_text, n) => {
        arrivals.push(Date.now());
        if (n > 0) return GOOD;
        // A date has no ms.
        until = Math.ceil((Date.now() + 1000) / 1000) * 1000;
        return failure(429, {}, { 'retry-after': new Date(until).toUTCString() });
      },
      { texts: texts(1) },
    );
    expect(rows).toMatchObject([{ status: 'ok', attempts: 2 }]);
    expect(arrivals[1]).toBeGreaterThanOrEqual(until - 20);
  });

  it('counts as absent where it is no wait at all: the run backs off by itself (case 9)', async () => {
    // Its own backoff is no wait that the endpoint asks for.
    const args = ['--max-retry-wait', '0s'];
    expect(await waited({ 'retry-after': 'soon' }, args)).toBeGreaterThan(490);
  });

  it('that is over already is none, but each attempt counts (case 9)', async () => {
    const past = { 'retry-after': new Date(Date.now() - 60_000).toUTCString() };
    const { rows, requests, exitCode } = await summarise([failure(429, {}, past)], {
      texts: texts(1),
      args: ['--max-rate-limit-attempts', '4'],
    });
    expect(rows).toMatchObject([{ attempts: 4, error: { code: 'rate_limited', http_status: 429 } }]);
    expect({ sent: requests.length, exitCode }).toEqual({ sent: 4, exitCode: 1 });
  });

  it('in ms is kept, and so is one of exactly the longest that is allowed (case 11)', async () => {
    const times = await Promise.all([
      waited({ 'retry-after-ms': '1500' }),
      waited({ 'retry-after': '1' }, ['--max-retry-wait', '1s']),
    ]);
    expect(times[0]).toBeGreaterThan(1490);
    expect(times[1]).toBeGreaterThan(990);
  });

  it.each(['600', '86400', '9999999999'])(
    'of %s s ends the run where it is longer than is allowed (case 11)',
    async (seconds) => {
      const { rows, requests, exitCode, stderr } = await summarise(
        [failure(429, {}, { 'retry-after': seconds })],
        { texts: texts(6), args: ['--max-retry-wait', '9m', '--concurrency', '2'] },
      );
      expect({ rows, exitCode }).toEqual({ rows: [], exitCode: 3 });
      expect(requests.length).toBeLessThanOrEqual(2);
      expect(stderr).toContain(`the endpoint asks to wait ${seconds} s, more than --max-retry-wait (540 s)`);
    },
  );
});

function records(count: number): string {
  const record = (i: number): object => ({
    id: `r${i}`,
    text: `Report ${i}: the water stood at ${i * 7} cm.`,
  });
  return Array.from({ length: count }, (_, i) => `${JSON.stringify(record(i))}\n`).join('');
}

describe.concurrent('a run', () => {
  // The full size, 20,000 records, is run by hand with the same options.
  it('through errors, resets and hangs loses nothing and pays twice only for what was lost on the way', async () => {
    const count = 1000;
    const { path, read } = await makeFolder({ 'in.jsonl': records(count) });
    const faults = ['--seed', '7', '--error-rate', '0.05', '--reset-rate', '0.02', '--hang-rate', '0.01'];
    const { result } = await withMock(faults, async ({ url, stats }) => {
      const args = ['in.jsonl', '-o', 'out.jsonl', '--base-url', `${url}/v1`, '-m', 'm', '-c', '64'];
      const more = ['--timeout', '2s', '--summary-json', 'summary.json'];
      const ended = await run([...args, ...more], { cwd: path });
      return { ended, stats: await stats() };
    });
    const rows = sortedRows(read('out.jsonl'));
    expect(result.ended.exitCode).toBe(0);
    expect(rows.map(({ id, status }) => `${id} ${status}`)).toEqual(
      Array.from({ length: count }, (_, i) => `r${i} ok`),
    );
    const { stats } = result;
    expect(stats).toMatchObject({ ok: count, distinctPrompts: count, paidTwice: 0 });
    expect(stats.resets).toBeGreaterThan(0);
    expect(stats.hangs).toBeGreaterThan(0);
    expect(stats.paid).toBe(count + stats.paidAgainAfterFault + stats.paidAgainAfterAbandon);
    const attempts = rows.reduce((sum, row) => sum + row.attempts, 0);
    expect(attempts).toBe(stats.requests);
    expect(JSON.parse(read('summary.json'))).toMatchObject({
      records: { read: count, ok: count, failed: 0 },
      requests: stats.requests,
      exit_code: 0,
    });
  });
});
