import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { MockServerOptions } from '../../src/mock/mock-server-options.ts';
import { type MockServer, startMockServer } from '../../src/mock/start-mock-server.ts';
import { unfence } from '../../src/prompt/fence.ts';
import { run, start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows, resultRows } from '../helpers/result-rows.ts';

vi.setConfig({ testTimeout: 90_000 });

const CONTEXT = 4096;
const CONCURRENCY = 8;
/** Its first 60 words: what becomes of a text in rounds of summaries can be told from it. */
const firstWords = (prompt: string): string => unfence(prompt).trim().split(/\s+/).slice(0, 60).join(' ');

let book: string;
const servers: MockServer[] = [];
beforeAll(async () => {
  const path = join(import.meta.dirname, '../../fixtures/books/moby-dick.txt');
  book = (await readFile(path, 'utf8')).slice(0, 100_000);
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

async function startEndpoint(options: Partial<MockServerOptions> = {}) {
  const server = await startMockServer({ context: CONTEXT, ...options }, firstWords);
  servers.push(server);
  return { server, flags: ['--base-url', `${server.url}/v1`, '-m', 'm', '-c', String(CONCURRENCY)] };
}

const whole = (extra: readonly string[]): string[] => [
  'book.txt',
  '--each',
  'file',
  '-o',
  'out.jsonl',
  ...extra,
];

describe('a book for a model with a window of 4,096 tokens', () => {
  test('is summarised in parts, without one refused request', async () => {
    const { server, flags } = await startEndpoint();
    const { path, read } = await makeFolder({ 'book.txt': book });
    const ended = await run(whole(['--context', String(CONTEXT), ...flags]), { cwd: path });
    expect(ended).toMatchObject({ exitCode: 0 });
    const [row] = okRows(read('out.jsonl'));
    const { errors, requests, tokensIn } = server.stats();
    expect(errors).toEqual({});
    expect(row).toMatchObject({ strategy: 'map-reduce', attempts: requests });
    expect(row?.summary).toMatch(/^CHAPTER 1\. Loomings\. Call me Ishmael\./);
    // No more parts than the window makes necessary, by a fifth: a part has what prompt and answer leave of it.
    expect(row?.chunks).toBeLessThan((1.2 * book.length) / 4 / (CONTEXT - 1024 - 450));
    expect(tokensIn).toBeLessThan((1.4 * book.length) / 4);
  });

  test('whose window is not known is refused once, and then summarised in parts, like all that come after it', async () => {
    const { server, flags } = await startEndpoint();
    const { path, read } = await makeFolder({
      'a.txt': book.slice(0, 40_000),
      'b.txt': book.slice(40_000, 80_000),
    });
    const files = ['a.txt', 'b.txt', '--each', 'file', '-o', 'out.jsonl', '--window', '1'];
    expect(await run([...files, ...flags], { cwd: path })).toMatchObject({ exitCode: 0 });
    expect(okRows(read('out.jsonl'))).toHaveLength(2);
    expect(server.stats().errors).toEqual({ 400: 1 });
  });

  test('that is cut in silence is noticed by the tokens that were read, and summarised in parts', async () => {
    const { server, flags } = await startEndpoint({ cutPrompts: true });
    const { path, read } = await makeFolder({
      'a.txt': book.slice(0, 40_000),
      'b.txt': book.slice(40_000, 80_000),
    });
    const files = ['a.txt', 'b.txt', '--each', 'file', '--window', '1', ...flags];
    expect(await run([...files, '-o', 'out.jsonl'], { cwd: path })).toMatchObject({ exitCode: 0 });
    const rows = okRows(read('out.jsonl'));
    expect(rows).toMatchObject([{ strategy: 'map-reduce' }, { strategy: 'map-reduce' }]);
    // One request was lost to finding out.
    expect(server.stats().requests).toBe(rows.reduce((sum, { attempts }) => sum + attempts, 0));
    const single = await run([...files, '-o', 'single.jsonl', '--strategy', 'single'], { cwd: path });
    expect(single.exitCode).toBe(1);
    const [error] = resultRows(read('single.jsonl'));
    expect(error).toMatchObject({
      error: { code: 'context_too_long', message: expect.stringMatching(/read only 2048 of about/) },
    });
  });

  test('is not paid for twice after kill -9, but for what was in flight', async () => {
    const { server, flags } = await startEndpoint({ latency: { kind: 'uniform', minMs: 60, maxMs: 120 } });
    const { path, read } = await makeFolder({ 'book.txt': book });
    const args = whole(['--context', String(CONTEXT), '-q', ...flags]);
    const running = start(args, { cwd: path });
    // Some are answered by then, for no more than the concurrency are in flight.
    await running.until(() => server.stats().requests > CONCURRENCY + 2);
    running.child.kill('SIGKILL');
    expect(await running.ended).toMatchObject({ signal: 'SIGKILL' });
    expect(await run(args, { cwd: path })).toMatchObject({ exitCode: 0, stderr: '' });
    const { requests, distinctPrompts, errors } = server.stats();
    expect(errors).toEqual({});
    expect(requests - distinctPrompts).toBeLessThanOrEqual(CONCURRENCY);
    expect(okRows(read('out.jsonl'))).toHaveLength(1);
    expect(existsSync(join(path, 'out.jsonl.gistmill-parts'))).toBe(false);
  });

  test('keeps the answers about its parts when one of them fails', async () => {
    const { server, flags } = await startEndpoint({ errorRate: 0.3, seed: 3 });
    const { path, read } = await makeFolder({ 'book.txt': book });
    const args = whole(['--context', String(CONTEXT), ...flags]);
    const first = await run([...args, '--max-attempts', '1'], { cwd: path });
    expect(first.exitCode).toBe(1);
    expect(resultRows(read('out.jsonl'))).toMatchObject([{ status: 'error' }]);
    const { ok } = server.stats();
    expect(ok).toBeGreaterThan(0);
    const second = await run(args, { cwd: path });
    expect(second).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('answered by an earlier run'),
    });
    expect(server.stats().paidTwice).toBe(0);
  });
});

describe('other strategies', () => {
  test.each([
    ['truncate', { strategy: 'truncate', chunks: 1 }],
    ['refine', { strategy: 'refine' }],
  ])('%s', async (strategy, row) => {
    const { server, flags } = await startEndpoint();
    const { path, read } = await makeFolder({ 'book.txt': book.slice(0, 40_000) });
    const args = whole(['--context', String(CONTEXT), '--strategy', strategy, ...flags]);
    expect(await run(args, { cwd: path })).toMatchObject({ exitCode: 0 });
    expect(okRows(read('out.jsonl'))).toMatchObject([row]);
    expect(server.stats().errors).toEqual({});
  });

  test('fail: nothing is sent', async () => {
    const { server, flags } = await startEndpoint();
    const { path, read } = await makeFolder({ 'book.txt': book.slice(0, 40_000) });
    const args = whole(['--context', String(CONTEXT), '--strategy', 'fail', ...flags]);
    expect(await run(args, { cwd: path })).toMatchObject({ exitCode: 1 });
    expect(resultRows(read('out.jsonl'))).toMatchObject([{ error: { code: 'context_too_long' } }]);
    expect(server.stats().requests).toBe(0);
  });

  test('answers that were cut off are marked, asked for again, or fail', async () => {
    const { flags } = await startEndpoint();
    const { path, read } = await makeFolder({ 'in.txt': `${'word '.repeat(200)}\n` });
    const cut = ['in.txt', '--max-output-tokens', '30', ...flags];
    expect(await run([...cut, '-o', 'keep.jsonl'], { cwd: path })).toMatchObject({ exitCode: 0 });
    expect(okRows(read('keep.jsonl'))).toMatchObject([{ truncated: true, attempts: 1 }]);
    expect(await run([...cut, '-o', 'retry.jsonl', '--on-truncated', 'retry'], { cwd: path })).toMatchObject({
      exitCode: 0,
    });
    expect(okRows(read('retry.jsonl'))).toMatchObject([{ truncated: false, attempts: 3 }]);
    expect(await run([...cut, '-o', 'fail.jsonl', '--on-truncated', 'fail'], { cwd: path })).toMatchObject({
      exitCode: 1,
    });
    expect(resultRows(read('fail.jsonl'))).toMatchObject([{ error: { code: 'answer_truncated' } }]);
  });
});

test('gistmill estimate foresees the requests about the parts', async () => {
  const { server, flags } = await startEndpoint();
  const { path } = await makeFolder({ 'book.txt': book });
  const args = ['book.txt', '--each', 'file', '--context', String(CONTEXT), ...flags];
  const estimate = await run(['estimate', ...args, '--json', '--answer-tokens', '80'], { cwd: path });
  const foreseen = JSON.parse(estimate.stdout);
  expect(server.stats().requests).toBe(0);
  await run(args, { cwd: path });
  const { requests, tokensIn } = server.stats();
  expect(foreseen.requests / requests).toBeCloseTo(1, 1);
  expect(foreseen.input_tokens.expected / tokensIn).toBeGreaterThan(0.8);
  expect(foreseen.input_tokens.expected / tokensIn).toBeLessThan(1.2);
});
