import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startMock } from '../helpers/endpoint.ts';
import { run, start } from '../helpers/exec.ts';
import { type Folder, makeFolder } from '../helpers/folder.ts';
import { startForwarding } from '../helpers/forwarding-server.ts';
import { failures, okRows, resultRows } from '../helpers/result-rows.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';

// Many processes, each of which takes its time to start on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const numbered = (count: number): string => Array.from({ length: count }, (_, n) => `text ${n}\n`).join('');
const texts = (count: number): string[] => numbered(count).trimEnd().split('\n');
const summaries = (output: string): string[] => okRows(output).map(({ summary }) => summary);
const lanes = (output: string): (string | undefined)[] => okRows(output).map(({ lane }) => lane);

const NOW = { batchTime: 0 } as const;
const KEY = 'sk-a-key-that-nobody-may-see';
const POLL = ['--poll', '50ms'];
const PRICES = ['--price-in', '1', '--price-out', '1'];

interface Batches {
  readonly data: readonly {
    readonly id: string;
    readonly status: string;
    readonly request_counts: { readonly total: number };
  }[];
}

async function batchesAt(url: string): Promise<Batches['data']> {
  return ((await (await fetch(`${url}/v1/batches`)).json()) as Batches).data;
}

/** Everything in the folder beside the output. */
function leftBeside({ path }: Folder): string {
  const folder = join(path, 'out.jsonl.gistmill-batch');
  if (!existsSync(folder)) return '';
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

test.concurrent('submit, status, fetch: rows like those of a run, at half the price, and a run goes on after them', async () => {
  const { server, flags } = await startMock({ batchTime: 600_000 });
  const folder = await makeFolder({ 'in.txt': numbered(7) });
  const { path, read } = folder;
  const env = { OPENAI_API_KEY: KEY, GISTMILL_API_KEY: KEY };
  const batch = (...args: string[]) => run(['batch', ...args], { cwd: path, env });
  const submitted = await batch(
    'submit',
    'in.txt',
    '-o',
    'out.jsonl',
    '--part-requests',
    '3',
    ...flags,
    ...PRICES,
    ...POLL,
  );
  expect(submitted).toMatchObject({ exitCode: 0, stdout: '' });
  expect(submitted.stderr).toMatch(/^batch: 7 requests in 3 parts$/m);
  expect((await batchesAt(server.url)).map(({ request_counts: { total } }) => total)).toEqual([0, 0, 0]);

  const status = await batch('status', 'out.jsonl');
  expect(status.exitCode).toBe(75);
  expect(status.stdout).toMatch(/^part 3: validating, 0 of 1 answered \(batch_3\)$/m);
  const again = await batch('submit', 'in.txt', '-o', 'out.jsonl', ...flags);
  expect(again.exitCode).toBe(75);
  expect(again.stderr).toMatch(/a batch is under way for it/);
  const online = await run(['in.txt', '-o', 'out.jsonl', ...flags], { cwd: path });
  expect(online.exitCode).toBe(75);
  expect((await batch('fetch', 'out.jsonl')).exitCode).toBe(75);
  expect(read('out.jsonl')).toBe('');
  expect(leftBeside(folder)).not.toContain(KEY);
});

test.concurrent('what was fetched is a result like any other', async () => {
  const { server, flags } = await startMock(NOW);
  const { path, read } = await makeFolder({ 'in.txt': numbered(7) });
  const args = ['-o', 'out.jsonl', ...flags, ...PRICES];
  await run(['batch', 'submit', 'in.txt', '--part-requests', '3', ...args], { cwd: path });
  const fetched = await run(['batch', 'fetch', 'out.jsonl'], { cwd: path });
  expect(fetched.exitCode).toBe(0);
  expect(fetched.stderr).toMatch(/^batch: its answers cost \$0\.0\d+, \$0\.0\d+ less than online$/m);
  expect(summaries(read('out.jsonl'))).toEqual(texts(7));
  expect(lanes(read('out.jsonl'))).toEqual(Array(7).fill('batch'));
  const [row] = okRows(read('out.jsonl'));
  const { input_tokens: input = 0, output_tokens: output = 0 } = row?.usage ?? {};
  expect(row?.cost_usd).toBeCloseTo((input + output) / 1e6 / 2, 9);
  expect(existsSync(join(path, 'out.jsonl.gistmill-batch'))).toBe(false);
  expect(server.stats().requests).toBe(0);

  const more = await run(['-', ...args], { cwd: path, input: numbered(9) });
  expect(more.exitCode).toBe(0);
  expect(more.stderr).toMatch(/^reused {5}7 of earlier runs; the rest: 2 new$/m);
  expect(server.stats().requests).toBe(2);
  expect((await run(['batch', 'status', 'out.jsonl'], { cwd: path })).exitCode).toBe(2);
});

test.concurrent('only what is not done is submitted, and the order is that of the input', async () => {
  const { server, flags } = await startMock(NOW);
  const { path, read } = await makeFolder({ 'some.txt': 'text 4\ntext 1\n', 'in.txt': numbered(6) });
  const args = ['-o', 'out.jsonl', '--ordered', ...flags];
  await run(['some.txt', ...args], { cwd: path });
  const result = await run(['batch', 'run', 'in.txt', '--part-requests', '2', ...POLL, ...args], {
    cwd: path,
  });
  expect(result.exitCode).toBe(0);
  expect((await batchesAt(server.url)).map(({ request_counts: { total } }) => total)).toEqual([2, 2]);
  expect(resultRows(read('out.jsonl')).map((row) => row.status === 'ok' && row.summary)).toEqual(texts(6));
  expect(okRows(read('out.jsonl')).filter(({ lane }) => lane === 'batch')).toHaveLength(4);
});

test.concurrent('killed between any two steps, nothing is lost and nothing is submitted twice', async () => {
  const moments = [
    ['after', 'POST /v1/files'],
    ['before', 'POST /v1/batches'],
    ['after', 'POST /v1/batches'],
  ] as const;
  for (const [phase, call] of moments) {
    const { server } = await startMock(NOW);
    const { path, read } = await makeFolder({ 'in.txt': numbered(4) });
    let kill: (() => void) | undefined;
    const url = await startForwarding(server.url, (at, made) => {
      if (at !== phase || made !== call || kill === undefined) return undefined;
      kill();
      return new Promise((resolve) => setTimeout(resolve, 300));
    });
    const flags = ['--base-url', `${url}/v1`, '--model', 'm', '--prompt', '{{text}}'];
    const args = ['batch', 'submit', 'in.txt', '-o', 'out.jsonl', ...POLL, ...flags];
    const running = start(args, { cwd: path });
    kill = () => running.child.kill('SIGKILL');
    expect((await running.ended).signal).toBe('SIGKILL');
    kill = undefined;
    const resumed = await run(args, { cwd: path });
    expect(resumed.exitCode, `${phase} ${call}: ${resumed.stderr}`).toBe(0);
    expect(await batchesAt(server.url)).toHaveLength(1);
    expect((await run(['batch', 'fetch', 'out.jsonl', ...POLL], { cwd: path })).exitCode).toBe(0);
    expect(summaries(read('out.jsonl'))).toEqual(texts(4));
  }
});

test.concurrent('what has expired or failed becomes an error row, which a later run does', async () => {
  const { server, flags } = await startMock({ ...NOW, batchExpireRate: 0.4, batchErrorRate: 0.2, seed: 3 });
  const { path, read } = await makeFolder({ 'in.txt': numbered(20) });
  const args = ['-o', 'out.jsonl', ...flags];
  await run(['batch', 'submit', 'in.txt', ...args], { cwd: path });
  expect((await run(['batch', 'fetch', 'out.jsonl'], { cwd: path })).exitCode).toBe(1);
  const failed = failures(read('out.jsonl')).length;
  expect(failed).toBeGreaterThan(2);
  expect(failures(read('out.jsonl')).every((failure) => failure.endsWith(' batch_unanswered'))).toBe(true);
  expect(resultRows(read('out.jsonl'))).toHaveLength(20);
  expect((await run(['in.txt', ...args], { cwd: path })).exitCode).toBe(0);
  expect(summaries(read('out.jsonl'))).toEqual(texts(20));
  expect(server.stats().requests).toBe(failed);
});

test.concurrent('with --fallback online it is asked for at once, within the limits of a run', async () => {
  const { server, flags } = await startMock({ ...NOW, batchExpireRate: 0.5, errorRate: 0.3 });
  const { path, read } = await makeFolder({ 'in.txt': numbered(20) });
  const args = ['-o', 'out.jsonl', '--fallback', 'online', ...POLL, ...flags, ...PRICES];
  const result = await run(['batch', 'run', 'in.txt', ...args], { cwd: path });
  expect(result.exitCode).toBe(0);
  expect(summaries(read('out.jsonl'))).toEqual(texts(20));
  const online = okRows(read('out.jsonl')).filter(({ lane }) => lane === undefined);
  expect(online.length).toBeGreaterThan(2);
  expect(server.stats().ok).toBe(online.length);
  for (const { cost_usd: cost = 0, usage } of online) {
    expect(cost).toBeCloseTo(((usage.input_tokens ?? 0) + (usage.output_tokens ?? 0)) / 1e6, 9);
  }
});

test.concurrent('a batch that finds no room waits, and one that never will is cut in two', async () => {
  const { server, flags } = await startMock({ ...NOW, batchTime: 30, batchTokens: 150 });
  const { path, read } = await makeFolder({ 'in.txt': numbered(12) });
  const args = ['-o', 'out.jsonl', ...POLL, ...flags];
  const result = await run(['batch', 'run', 'in.txt', '--part-requests', '6', ...args], { cwd: path });
  expect(result.exitCode).toBe(0);
  expect(summaries(read('out.jsonl'))).toEqual(texts(12));
  const done = (await batchesAt(`${server.url}`)).filter(({ status }) => status === 'completed');
  expect(done.length).toBeGreaterThan(2);
  expect(done.reduce((sum, { request_counts: { total } }) => sum + total, 0)).toBe(12);
});

test.concurrent('cancelled: what was answered comes, the rest can be done by a run', async () => {
  const { server, flags } = await startMock({ batchTime: 10_000 });
  const { path, read } = await makeFolder({ 'in.txt': numbered(40) });
  const args = ['-o', 'out.jsonl', ...flags];
  await run(['batch', 'submit', 'in.txt', ...args], { cwd: path });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await run(['batch', 'cancel', 'out.jsonl'], { cwd: path })).exitCode).toBe(0);
  await vi.waitFor(async () => expect((await batchesAt(server.url))[0]?.status).toBe('cancelled'), 10_000);
  expect((await run(['batch', 'fetch', 'out.jsonl'], { cwd: path })).exitCode).toBe(1);
  expect(failures(read('out.jsonl'))[0]).toMatch(/batch_unanswered$/);
  expect(resultRows(read('out.jsonl'))).toHaveLength(40);
  expect((await run(['in.txt', ...args], { cwd: path })).exitCode).toBe(0);
  expect(summaries(read('out.jsonl'))).toEqual(texts(40));
});

test.concurrent('run, interrupted while it waits, goes on where it was', async () => {
  const { server, flags } = await startMock({ batchTime: 2500 });
  const { path, read } = await makeFolder({ 'in.txt': numbered(3) });
  const args = ['batch', 'run', 'in.txt', '-o', 'out.jsonl', '--poll', '200ms', ...flags];
  const running = start(args, { cwd: path });
  await running.stderrMatch(/0 of 1 parts ended/);
  running.child.kill('SIGINT');
  const { exitCode, stderr } = await running.ended;
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/the same command again goes on from here/);
  expect((await run(args, { cwd: path })).exitCode).toBe(0);
  expect(await batchesAt(server.url)).toHaveLength(1);
  expect(summaries(read('out.jsonl'))).toEqual(texts(3));
});

test.concurrent("Anthropic's batches: results in any order, expired ones told", async () => {
  const { server } = await startMock({ ...NOW, batchExpireRate: 0.3, seed: 2, key: KEY });
  const { path, read } = await makeFolder({ 'in.txt': numbered(20) });
  const flags = ['--provider', 'anthropic', '--base-url', server.url, '--model', 'm', '--prompt', '{{text}}'];
  const result = await run(
    ['batch', 'run', 'in.txt', '-o', 'out.jsonl', '--part-requests', '7', ...POLL, ...flags],
    {
      cwd: path,
      env: { GISTMILL_API_KEY: KEY },
    },
  );
  expect(result.exitCode).toBe(1);
  const rows = resultRows(read('out.jsonl'));
  expect(rows).toHaveLength(20);
  for (const row of okRows(read('out.jsonl'))) expect(row.summary).toBe(`text ${row.index}`);
  expect(failures(read('out.jsonl')).length).toBeLessThan(15);
});

test.concurrent('broken records, and those that make no request, have their error rows before and after', async () => {
  const { flags } = await startMock(NOW);
  const lines = [
    '{"id":"a","text":"one","title":"t"}',
    'no json',
    '{"id":"c","text":"three"}',
    '{"id":"d","text":" "}',
  ];
  const { path, read } = await makeFolder({ 'in.jsonl': `${lines.join('\n')}\n` });
  const args = ['-o', 'out.jsonl', ...flags.slice(0, 4), '--prompt', '{{title}} {{text}}'];
  const submitted = await run(['batch', 'submit', 'in.jsonl', ...args], { cwd: path });
  expect(submitted.exitCode).toBe(1);
  const failed = ['2 invalid_json', '3 prompt_field', '4 empty_text'];
  expect(failures(read('out.jsonl'))).toEqual(failed);
  expect((await run(['batch', 'fetch', 'out.jsonl', '--fallback', 'online'], { cwd: path })).exitCode).toBe(
    1,
  );
  expect(failures(read('out.jsonl'))).toEqual(failed);
  expect(summaries(read('out.jsonl'))).toEqual(['t one']);
});

test.concurrent('an endpoint without batches is told of as such, and nothing is left behind', async () => {
  const server = await startScriptedServer(() => ({ status: 404, body: { detail: 'Not Found' } }));
  const flags = ['--base-url', server.url, '--model', 'm'];
  const folder = await makeFolder({ 'in.txt': 'a\n' });
  const { exitCode, stderr } = await run(['batch', 'submit', 'in.txt', '-o', 'out.jsonl', ...flags], {
    cwd: folder.path,
  });
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/not every endpoint .* has its Batch API/);
  expect(leftBeside(folder)).toBe('');
  await server.close();
});

test.concurrent('identical requests of a part are sent once, and each record has its row', async () => {
  const { server, flags } = await startMock(NOW);
  const { path, read } = await makeFolder({ 'in.txt': 'same\nother\nsame\n' });
  await run(['batch', 'run', 'in.txt', '-o', 'out.jsonl', ...POLL, ...flags, ...PRICES], { cwd: path });
  expect((await batchesAt(server.url))[0]?.request_counts.total).toBe(2);
  expect(summaries(read('out.jsonl'))).toEqual(['same', 'other', 'same']);
  expect(okRows(read('out.jsonl')).map(({ from, attempts }) => [from, attempts])).toEqual([
    [undefined, 1],
    [undefined, 1],
    ['memory', 0],
  ]);
});

test.concurrent.each([
  [
    ['batch', 'submit', 'in.txt', '-m', 'm', '--base-url', 'http://127.0.0.1:9/v1'],
    /needs a file for its results/,
  ],
  [['batch', 'submit', 'in.txt', '-o', 'out.jsonl'], /no batches with the provider local/],
  [['batch', 'fetch', 'out.jsonl'], /no batch is under way/],
  [['batch', 'fetch'], /of which output/],
  [['batch', 'send', 'in.txt'], /submit, status, fetch, run, cancel/],
])('%j is told what is wrong', async (args, message) => {
  const { path } = await makeFolder({ 'in.txt': 'a\n' });
  const { exitCode, stderr } = await run(args, { cwd: path });
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});
