import { expect, test } from 'vitest';
import { startMock, startScripted } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows, sortedRows } from '../helpers/result-rows.ts';

// The mock counts a text of a hundred characters as so many tokens, and gives it back as its answer.
const TEXT = 'x'.repeat(96);
const INPUT = Array.from({ length: 100 }, (_, n) => `${n.toString().padStart(4, '0')}${TEXT}\n`).join('');
const PRICES = ['--price-in', '200', '--price-out', '800'];

test.concurrent('a budget is nearly used up, and overspent by no more than one request, at 20 at once with 30 % faults', async () => {
  const { server, flags } = await startMock({
    errorRate: 0.3,
    latency: { kind: 'uniform', minMs: 5, maxMs: 60 },
  });
  const { path, read } = await makeFolder({ 'in.txt': INPUT });
  const more = ['-c', '20', '--max-attempts', '20', '--summary-json', 'summary.json', '-o', 'out.jsonl'];
  const budget = ['--max-cost', '1.50', ...PRICES];
  const { stderr, exitCode } = await run(['in.txt', ...flags, ...more, ...budget], { cwd: path });
  expect(exitCode).toBe(4);
  expect(stderr).toMatch(
    /stopped {4}--max-cost \$1\.50: \$1\.\d\d spent, and the next request takes about \$0\.\d+ \(budget_spent\)/,
  );
  const rows = okRows(read('out.jsonl'));
  const costs = rows.map(({ cost_usd }) => cost_usd ?? Number.NaN);
  const spent = costs.reduce((sum, cost) => sum + cost, 0);
  expect(spent).toBeGreaterThanOrEqual(0.95 * 1.5);
  expect(spent).toBeLessThanOrEqual(1.5 + Math.max(...costs));
  const summary = JSON.parse(read('summary.json'));
  expect(summary.cost.known).toBe('exactly');
  expect(summary.cost.usd).toBeCloseTo(spent, 9);
  expect(server.stats().requests).toBe(summary.requests);
});

test.concurrent.each([
  ['--max-cost', '0'],
  ['--max-tokens-total', '0'],
])('%s %s sends nothing', async (...budget) => {
  const { server, flags } = await startMock();
  const args = ['-', ...flags, ...PRICES, ...budget];
  const { stdout, stderr, exitCode } = await run(args, { input: INPUT });
  expect({ stdout, exitCode, requests: server.stats().requests }).toEqual({
    stdout: '',
    exitCode: 4,
    requests: 0,
  });
  expect(stderr).toContain('(budget_spent)');
});

test.concurrent('--max-cost without a known price is refused by name before any request', async () => {
  const { server, flags } = await startMock();
  const { stderr, exitCode } = await run(['-', ...flags, '--max-cost', '5'], { input: INPUT });
  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    'gistmill: --max-cost needs --price-in and --price-out too: the price of m there is unknown\n' +
      'hint: prices are USD per million tokens, such as --price-in 0.15 --price-out 0.60\n',
  );
  expect(server.stats().requests).toBe(0);
});

test.concurrent('--deadline stops the run, lets what is in flight come back, and exits with 4', async () => {
  const { flags } = await startMock({ latency: { kind: 'uniform', minMs: 400, maxMs: 400 } });
  const args = ['-', ...flags, '-c', '2', '--deadline', '600ms'];
  const { stdout, stderr, exitCode } = await run(args, { input: INPUT });
  expect(exitCode).toBe(4);
  expect(stderr).toContain('the run was not done within 0.6 s (--deadline) (run_deadline)');
  expect(okRows(stdout).length).toBeGreaterThanOrEqual(2);
  expect(okRows(stdout).length).toBeLessThan(10);
});

test.concurrent('--record-deadline fails the record that takes too long, by name, and no other', async () => {
  const { flags } = await startScripted((text) =>
    text === 'slow' ? { status: 500, body: {} } : { body: { choices: [{ message: { content: text } }] } },
  );
  const args = ['-', ...flags, '--record-deadline', '700ms', '--max-attempts', '1000'];
  const { stdout, exitCode } = await run(args, { input: 'slow\nquick\n' });
  expect(exitCode).toBe(1);
  expect(sortedRows(stdout)).toMatchObject([
    { status: 'error', error: { code: 'record_deadline', retryable: true } },
    { status: 'ok', summary: 'quick' },
  ]);
});

test.concurrent('what earlier runs into the same output have spent counts; a larger budget goes on from there', async () => {
  const { server, flags } = await startMock();
  const { path, read } = await makeFolder({ 'in.txt': INPUT });
  const withBudget = (usd: string) =>
    run(['in.txt', ...flags, '-o', 'out.jsonl', '-c', '4', ...PRICES, '--max-cost', usd], { cwd: path });
  const costSoFar = (): number =>
    okRows(read('out.jsonl')).reduce((sum, { cost_usd }) => sum + (cost_usd ?? Number.NaN), 0);

  expect((await withBudget('1')).exitCode).toBe(4);
  const requests = server.stats().requests;
  expect((await withBudget('1')).exitCode).toBe(4);
  // One, to learn what a request takes: no run knows that before its first answer.
  expect(server.stats().requests).toBeLessThanOrEqual(requests + 1);
  expect((await withBudget('2')).exitCode).toBe(4);
  expect(costSoFar()).toBeGreaterThan(1.9);
  expect(costSoFar()).toBeLessThan(2.1);
});
