import { describe, expect, it } from 'vitest';
import { answer } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';
import { sortedRows } from '../helpers/result-rows.ts';
import { withMock } from './mock-process.ts';
import { failure, summarise, texts, toInput } from './summarise.ts';

/** The most arrivals in any window of this length, which begins with one of them. */
function mostIn(windowMs: number, arrivalsMs: readonly number[]): number {
  const counts = arrivalsMs.map(
    (from) => arrivalsMs.filter((at) => at >= from && at < from + windowMs).length,
  );
  return Math.max(...counts);
}

describe.concurrent('--rpm (case 13)', () => {
  it('spreads requests evenly from the first on, with retries counted', async () => {
    const perSecond = 40;
    const { rows, requests } = await summarise(
      (text, n) => (text.includes('0 tells') && n === 0 ? failure(500) : answer('Fine.')),
      { texts: texts(80), args: ['--rpm', String(perSecond * 60), '--concurrency', '50'] },
    );
    expect(rows).toMatchObject(Array(80).fill({ status: 'ok' }));
    expect(requests).toHaveLength(88);
    const arrivals = requests.map(({ atMs }) => atMs);
    // Arrivals may bunch where either process is held up; an opening burst would be all 50 at once.
    const hitchMs = 500;
    for (const windowMs of [200, 500, 1000]) {
      expect(mostIn(windowMs, arrivals)).toBeLessThanOrEqual(((windowMs + hitchMs) * perSecond) / 1000);
    }
  });
});

describe.concurrent('a limit that the endpoint does not announce (case 14)', () => {
  it('is found out without a second storm from every worker', async () => {
    const windowMs = 500;
    const allowed = 6;
    const accepted: number[] = [];
    const refused: number[] = [];
    const { rows, exitCode } = await summarise(
      () => {
        const now = performance.now();
        const isFull = accepted.filter((at) => at > now - windowMs).length >= allowed;
        (isFull ? refused : accepted).push(now);
        return isFull ? failure(429) : answer('Fine.');
      },
      { texts: texts(30), args: ['--concurrency', '15'] },
    );
    expect(rows).toMatchObject(Array(30).fill({ status: 'ok' }));
    expect(exitCode).toBe(0);
    expect(accepted).toHaveLength(30);
    expect(refused.length).toBeLessThan(30);
    // The opening storm is one volley; nothing of that size comes again.
    const later = refused.filter((at) => at > (refused[0] ?? 0) + windowMs);
    expect(mostIn(20, later)).toBeLessThan(10);
  });
});

describe.concurrent('a limit of 6,000 requests a minute', () => {
  it('that both sides know is never overstepped', async () => {
    const count = 600;
    const { result } = await withMock(['--rpm', '6000', '--latency', '20-60'], async ({ url, stats }) => {
      const args = ['--base-url', `${url}/v1`, '-m', 'm', '--rpm', '6000'];
      const { stdout, exitCode } = await run(args, { input: toInput(texts(count)) });
      return { rows: sortedRows(stdout), exitCode, stats: await stats() };
    });
    expect(result.exitCode).toBe(0);
    expect(result.rows).toHaveLength(count);
    expect(result.stats).toMatchObject({ requests: count, ok: count, rateLimited: 0 });
  });
});
