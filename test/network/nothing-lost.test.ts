import { describe, expect, it } from 'vitest';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { sortedRows } from '../helpers/result-rows.ts';
import { withMock } from './mock-process.ts';

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
