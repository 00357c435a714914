import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answer, startMock, startScripted } from '../helpers/endpoint.ts';
import { bash, run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

const texts = (n: number): string =>
  Array.from(
    { length: n },
    (_, i) => `Report ${i}: the harbour froze over, and nine ships had to wait.\n`,
  ).join('');

/** Limits of the endpoint, and what a run over so many records is told of them. */
const SET_UPS = [
  [
    'concurrency',
    60,
    { latency: { kind: 'uniform', minMs: 200, maxMs: 200 } },
    ['-c', '8', '--latency', '200'],
  ],
  ['requests', 30, { rpm: 900 }, ['--rpm', '900', '--latency', '5']],
  ['tokens', 40, { tpm: 30_000 }, ['--tpm', '30000', '--latency', '5', '--answer-tokens', '16']],
] as const;

// A busy machine makes the real run longer, never shorter; the bound above it is wide for that.
test.concurrent.each(SET_UPS)(
  'a run that %s bound takes as long as was estimated',
  async (by, n, mock, options) => {
    const { server, flags } = await startMock(mock);
    const { path, read } = await makeFolder({ 'in.txt': texts(n) });
    const estimated = await run(['estimate', 'in.txt', '--json', ...flags, ...options], { cwd: path });
    expect(estimated.stderr).toBe('');
    const { seconds, held_back_by } = JSON.parse(estimated.stdout);
    expect(held_back_by).toBe(by);
    expect(server.stats().requests).toBe(0);
    const own = ['--latency', '--answer-tokens'];
    const shared = options.filter((_, i) => !own.includes(options[i - (i % 2)] ?? ''));
    const { exitCode } = await run(
      ['in.txt', '-q', '-o', 'out.jsonl', '--summary-json', 'summary.json', ...flags, ...shared],
      { cwd: path },
    );
    const taken = JSON.parse(read('summary.json')).wall_ms / 1000;
    expect(exitCode).toBe(0);
    expect(taken).toBeGreaterThan(0.75 * seconds);
    expect(taken).toBeLessThan(1.25 * seconds + 3);
  },
);

test.concurrent('nothing is sent and nothing written, and no key is needed', async () => {
  const { path } = await makeFolder({ 'in.jsonl': '{"text":"one"}\n{"text":"two"}\n' });
  const options = ['-m', 'gpt-4o-mini', '-o', 'out.jsonl', '--summary-json', 'sum.json', '--keep', 'all'];
  const { stdout, stderr, exitCode } = await run(['estimate', 'in.jsonl', ...options], { cwd: path });
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout.split('\n').map((line) => line.slice(0, 14).trim())).toEqual([
    'records',
    'input tokens',
    'output tokens',
    'cost',
    'time',
    '',
  ]);
  expect(stdout).toMatch(/^cost +\$0\.\d+ \(\$0\.\d+ to \$0\.\d+\)$/m);
  expect(['out.jsonl', 'sum.json'].filter((name) => existsSync(join(path, name)))).toEqual([]);
});

test.concurrent('a pipe is read as the run would read it', async () => {
  const { stdout, exitCode } = await bash(
    `head -n 3 '${join(FIXTURES, 'articles.jsonl')}' | gistmill estimate - --model m --base-url http://127.0.0.1:9/v1 --json`,
  );
  expect(JSON.parse(stdout)).toMatchObject({ records: 3, requests: 3, counted_requests: 3, cost_usd: null });
  expect(exitCode).toBe(0);
});

test.concurrent('the exit code is that of the run: broken records 1, a budget that will not do 4, usage 2', async () => {
  const { path } = await makeFolder({ 'in.txt': texts(50), 'env.txt': 'GISTMILL_ESTIMATE_LATENCY=fast\n' });
  const paid = ['-m', 'gpt-4o-mini', '--max-cost', '0.0005'];
  const [broken, poor, strict, wrong, misspelt] = await Promise.all([
    run(['estimate', join(FIXTURES, 'broken.jsonl'), '--provider', 'local']),
    run(['estimate', 'in.txt', '-c', '4', ...paid], { cwd: path }),
    run(['estimate', join(FIXTURES, 'broken.jsonl'), '--strict', '--provider', 'local']),
    run(['estimate', 'in.txt', '-m', 'gpt-4o', '--env-file', 'env.txt'], { cwd: path }),
    run(['estimate', 'in.txt', '--latncy', '5'], { cwd: path }),
  ]);
  expect([broken.exitCode, poor.exitCode, strict.exitCode]).toEqual([1, 4, 2]);
  expect(broken.stdout).toMatch(/^records .*, of which will fail: .*\d+ invalid_json/);
  expect(poor.stdout).toMatch(/^stops early +after \d+ answers: .*--max-cost/m);
  expect([wrong.exitCode, wrong.stderr]).toEqual([
    2,
    expect.stringContaining('--latency: "fast" is not a latency'),
  ]);
  expect([misspelt.exitCode, misspelt.stderr]).toEqual([
    2,
    expect.stringContaining('(did you mean --latency?)'),
  ]);
});

test.concurrent('what is done already in -o is not reckoned with, and nothing of it is changed', async () => {
  const refused = { status: 400, body: { error: { message: 'no' } } };
  const { server, flags } = await startScripted((text) => (/[37]:/.test(text) ? refused : answer(text)));
  const { path, read } = await makeFolder({ 'old.txt': texts(10), 'in.txt': texts(15) });
  const estimated = (...args: string[]) => run(['estimate', 'in.txt', ...flags, ...args], { cwd: path });
  await run(['old.txt', '-o', 'out.jsonl', '-q', ...flags], { cwd: path });
  const [before, sent] = [read('out.jsonl'), server.requests.length];
  const [open, onlyFailed, fresh, other, redo] = await Promise.all([
    estimated('-o', 'out.jsonl'),
    estimated('-o', 'out.jsonl', '--only-failed', '--json'),
    estimated('-o', 'out.jsonl', '--fresh', '--json'),
    estimated('-o', 'out.jsonl', '--model', 'other'),
    estimated('-o', 'out.jsonl', '--model', 'other', '--on-change', 'redo', '--json'),
  ]);
  expect(open.stdout).toMatch(/^records {8}15: 8 done already in out\.jsonl, 7 to do$/m);
  expect(JSON.parse(onlyFailed.stdout)).toMatchObject({
    records: 15,
    already_done: 8,
    left_out: 5,
    requests: 2,
  });
  expect(JSON.parse(fresh.stdout)).toMatchObject({ records: 15, already_done: 0, requests: 15 });
  expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining('model: "m" → "other"')]);
  expect(JSON.parse(redo.stdout)).toMatchObject({ already_done: 0, requests: 15 });
  expect([read('out.jsonl'), server.requests.length]).toEqual([before, sent]);
  await run(['in.txt', '-o', 'out.jsonl', '-q', ...flags], { cwd: path });
  expect(server.requests.length - sent).toBe(7);
});

test.concurrent('a job that is done would take nothing, and what it has cost counts towards its budget', async () => {
  const { flags } = await startMock();
  const { path } = await makeFolder({ 'in.txt': texts(10), 'more.txt': texts(40) });
  const args = ['-o', 'out.jsonl', '-c', '2', '--price-in', '1', '--price-out', '1', ...flags];
  await run(['in.txt', '-q', ...args], { cwd: path });
  const done = await run(['estimate', 'in.txt', '--json', ...args], { cwd: path });
  expect([done.exitCode, JSON.parse(done.stdout)]).toEqual([
    0,
    expect.objectContaining({ records: 10, already_done: 10, requests: 0, seconds: 0 }),
  ]);
  const told = await run(['status', 'out.jsonl', '--json'], { cwd: path });
  const spent = String(JSON.parse(told.stdout).cost.usd);
  const poor = await run(['estimate', 'more.txt', '--max-cost', spent, ...args], { cwd: path });
  expect([poor.exitCode, poor.stdout]).toEqual([4, expect.stringMatching(/^stops early +after 0 answers/m)]);
});
