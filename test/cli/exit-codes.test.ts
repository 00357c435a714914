import { expect, test } from 'vitest';
import { answer, startMock, startScripted } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { failures, okRows, sortedRows } from '../helpers/result-rows.ts';
import type { ScriptedReply } from '../helpers/scripted-server.ts';

const INPUT = Array.from({ length: 10 }, (_, n) => `text ${n}\n`).join('');

/** Runs the ten texts of `INPUT` with four requests in flight. */
async function runTen(flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { path } = await makeFolder({ 'in.txt': INPUT, 'empty.txt': '\n\n' });
  return run(['in.txt', '-c', '4', ...flags], { cwd: path, env });
}

const refusal = (
  status: number,
  error: object,
  headers: Readonly<Record<string, string>> = {},
): ScriptedReply => ({
  status,
  headers,
  body: { error: { message: 'no', ...error } },
});

test.concurrent('0: all records done, or none there', async () => {
  const { server, flags } = await startMock();
  const { path } = await makeFolder({ 'empty.txt': '\n  \n', 'nothing.jsonl': '', 'array.json': '[]' });
  const [ten, none] = await Promise.all([
    runTen(flags),
    run(['empty.txt', 'nothing.jsonl', 'array.json', ...flags], { cwd: path }),
  ]);
  expect(okRows(ten.stdout)).toHaveLength(10);
  expect(ten.exitCode).toBe(0);
  expect(none).toMatchObject({ stdout: '', exitCode: 0 });
  expect(server.stats().requests).toBe(10);
});

test.concurrent('1: one of ten failed, and the others are done', async () => {
  const { flags } = await startScripted((text) => (text === 'text 3' ? refusal(400, {}) : answer(text)));
  const { stdout, exitCode } = await runTen(flags);
  expect(failures(stdout)).toEqual(['4 bad_request']);
  expect(okRows(stdout)).toHaveLength(9);
  expect(exitCode).toBe(1);
});

test.concurrent('1: nobody listens at the address', async () => {
  const { stdout, exitCode } = await run(
    ['-', '--base-url', 'http://127.0.0.1:9/v1', '-m', 'm', '--max-attempts', '2'],
    { input: 'one\n' },
  );
  expect(sortedRows(stdout)).toMatchObject([{ attempts: 2, error: { code: 'connection', retryable: true } }]);
  expect(exitCode).toBe(1);
});

test.concurrent.each([
  ['wrong_key', refusal(401, {})],
  ['wrong_key', refusal(403, {})],
  ['model_not_found', refusal(404, { code: 'model_not_found' })],
  ['quota_exhausted', refusal(429, { code: 'insufficient_quota', type: 'insufficient_quota' })],
  ['retry_wait_too_long', refusal(429, {}, { 'retry-after': '86400' })],
  ['wrong_url', { headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Sign in</title>' }],
] as const)(
  '3: the endpoint refuses, and no more than what was in flight is asked (%s, %#)',
  async (code, reply) => {
    const { server, flags } = await startScripted(() => reply);
    const { stdout, stderr, exitCode } = await runTen([...flags, '--progress', 'json'], {
      GISTMILL_API_KEY: 'some-key',
    });
    expect(stdout).toBe('');
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'summary',
      stopped: { code },
      exit_code: 3,
    });
    expect(exitCode).toBe(3);
    expect(server.requests.length).toBeLessThanOrEqual(4);
  },
);

test.concurrent.each([
  ['2', 3],
  ['0', 1],
  ['30%', 100],
])('3: more records failed than --max-failures %s allows', async (limit, least) => {
  const { server, flags } = await startScripted(() => refusal(400, {}));
  const input = Array.from({ length: 150 }, (_, n) => `text ${n}\n`).join('');
  const { stdout, stderr, exitCode } = await run(['-', ...flags, '--max-failures', limit, '-c', '2'], {
    input,
  });
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/\(too_many_failures\)/);
  // What was in flight is written too.
  const failed = failures(stdout).length;
  expect(failed).toBeGreaterThanOrEqual(least);
  expect(failed).toBeLessThan(least + 10);
  expect(server.requests).toHaveLength(failed);
});

test.concurrent('--max-failures lets the rest through while few enough fail', async () => {
  const { flags } = await startScripted((text) => (text === 'text 3' ? refusal(400, {}) : answer(text)));
  const { stdout, exitCode } = await runTen([...flags, '--max-failures', '1']);
  expect(sortedRows(stdout)).toHaveLength(10);
  expect(exitCode).toBe(1);
});

test.concurrent('2: the key of an endpoint that needs one is missing', async () => {
  const { stdout, stderr, exitCode } = await runTen(['-m', 'some-model']);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(
    /^gistmill: api\.openai\.com needs a key, and none is configured\nhint: set OPENAI_API_KEY/,
  );
});

test.concurrent('the help lists the exit codes', async () => {
  const { stdout } = await run(['--help']);
  for (const code of ['0', '1', '2', '3', '5', '130', '143'])
    expect(stdout).toMatch(new RegExp(`^ +${code} `, 'm'));
});
