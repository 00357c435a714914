import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answer, startMock, startScripted } from '../helpers/endpoint.ts';
import { run, start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows } from '../helpers/result-rows.ts';

const INPUT = Array.from({ length: 10 }, (_, n) => `text ${n}\n`).join('');
const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test.concurrent.each([
  ['a broken option', ['--rpm', '12x', 'in.txt'], /--rpm: "12x" is not a number/],
  ['an unknown option', ['--rmp', '12', 'in.txt'], /unknown option '--rmp' \(did you mean --rpm\?\)/],
  ['a missing input', ['gone.txt'], /cannot read gone\.txt: there is no such file/],
  ['a missing model', ['--base-url', 'http://127.0.0.1:9/v1', 'in.txt'], /no model is named/],
  ['a broken prompt', ['--prompt', '{{', 'in.txt'], /prompt/],
  ['an output that is there', ['-o', 'in.txt', 'other.txt'], /in\.txt: it exists and is not empty/],
])('the last error is in the log and on stderr: %s', async (_name, args, message) => {
  const { path, read } = await makeFolder({ 'in.txt': 'one\n', 'other.txt': 'two\n' });
  const { stdout, stderr, exitCode } = await run([...args, '--log-file', 'log.jsonl'], { cwd: path });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(message);
  const lines = jsonLines(read('log.jsonl'));
  expect(lines).toMatchObject([{ level: 'error', msg: expect.stringMatching(message) }]);
});

test.concurrent('a log that the environment or a file names has the last error too', async () => {
  const { path, read } = await makeFolder({
    'config.json': '{"logFile":"config.log"}',
    '.env': 'GISTMILL_LOG_FILE=dotenv.log',
    'in.txt': 'one\n',
  });
  await Promise.all([
    run(['gone.txt'], { cwd: path, env: { GISTMILL_LOG_FILE: 'env.log' } }),
    run(['gone.txt'], { cwd: path }),
    run(['gone.txt', '--config', 'config.json', '--env-file', 'in.txt'], { cwd: path }),
    run(['gone.txt', '--log-file=flag.log'], { cwd: path, env: { GISTMILL_LOG_FILE: 'never.log' } }),
  ]);
  for (const name of ['env.log', 'dotenv.log', 'config.log', 'flag.log']) {
    expect(jsonLines(read(name))).toMatchObject([{ level: 'error', code: 'input_not_readable' }]);
  }
  expect(read('never.log')).toBe('');
});

test.concurrent('what ends a run is in the log and on stderr, also with --quiet', async () => {
  const { flags } = await startMock({ key: 'right' });
  const { path, read } = await makeFolder({ 'in.txt': INPUT });
  const ended = await Promise.all(
    [[], ['--quiet']].map((extra, n) =>
      run(['in.txt', '--log-file', `${n}.jsonl`, ...extra, ...flags], {
        cwd: path,
        env: { GISTMILL_API_KEY: 'sk-TEST-canary' },
      }),
    ),
  );
  for (const [n, { stdout, stderr, exitCode }] of ended.entries()) {
    const log = read(`${n}.jsonl`);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
    expect(stderr).toMatch(/401/);
    expect(jsonLines(log)).toContainEqual(expect.objectContaining({ level: 'error', code: 'wrong_key' }));
    expect(stdout + stderr + log).not.toContain('canary');
  }
});

test.concurrent('the log of an interrupted run says so in its last lines', async () => {
  const { server, flags } = await startMock({ hangRate: 1 });
  const { path, read } = await makeFolder({ 'in.txt': INPUT });
  const args = [
    'in.txt',
    '-c',
    '10',
    '--log-file',
    'log.jsonl',
    '--log-level',
    'info',
    '--grace',
    '0s',
    ...flags,
  ];
  const running = start(args, { cwd: path });
  await running.until(() => server.stats().inFlight === 10);
  running.child.kill('SIGTERM');
  const { stderr, exitCode } = await running.ended;
  expect(exitCode).toBe(143);
  expect(stderr).toMatch(/^stopped +interrupted by SIGTERM/m);
  expect(jsonLines(read('log.jsonl')).slice(-2)).toMatchObject([
    { level: 'warn', code: 'interrupted' },
    { level: 'info', msg: 'run ended', exitCode: 143 },
  ]);
});

test.concurrent('a log or summary that cannot be written is said before any request', async () => {
  const { server, flags } = await startMock();
  const { path } = await makeFolder({ 'in.txt': 'one\n' });
  mkdirSync(join(path, 'folder'));
  const ended = await Promise.all([
    run(['in.txt', '--log-file', 'no/log.jsonl', ...flags], { cwd: path }),
    run(['in.txt', '--log-file', 'folder', ...flags], { cwd: path }),
    run(['in.txt', '--summary-json', 'no/summary.json', ...flags], { cwd: path }),
  ]);
  for (const { stdout, stderr, exitCode } of ended) {
    expect(stderr).toMatch(/^gistmill: --(log-file|summary-json)/);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  }
  expect(server.stats().requests).toBe(0);
});

test.concurrent('--progress json, line and none; --quiet says nothing at all', async () => {
  const { flags } = await startMock();
  const { path } = await makeFolder({ 'in.txt': INPUT });
  const [json, line, none, quiet] = await Promise.all(
    [['--progress', 'json'], ['--progress', 'line'], ['--progress', 'none'], ['--quiet']].map((extra) =>
      run(['in.txt', ...extra, ...flags], { cwd: path }),
    ),
  );
  // A slow run has lines of progress before the last.
  expect(jsonLines(json?.stderr ?? '').slice(-2)).toMatchObject([
    { event: 'progress', share_done: 1, ok: 10, failed: 0, in_flight: 0 },
    { event: 'summary', records: { ok: 10, failed: 0 }, exit_code: 0 },
  ]);
  for (const stderr of [line?.stderr, none?.stderr])
    expect(stderr).toMatch(/^ok +10\nfailed +0\nrequests +10\n/);
  expect(quiet?.stderr).toBe('');
  for (const ended of [json, line, none, quiet]) expect(okRows(ended?.stdout ?? '')).toHaveLength(10);
});

test.concurrent('the closing summary counts what happened, for people and as JSON', async () => {
  const { flags } = await startScripted((text, n) => {
    if (text === 'text 1') return { status: 400, body: { error: { message: 'no' } } };
    if (text === 'text 2' && n === 0) return { status: 500 };
    return answer(text);
  });
  const { path, read } = await makeFolder({ 'in.txt': INPUT });
  const { stderr, exitCode } = await run(['in.txt', '--summary-json', 'summary.json', ...flags], {
    cwd: path,
  });
  expect(stderr).toMatch(
    /^ok +9\nfailed +1 \(bad_request 1\)\nrequests +11\nretries +1 \(server_error 1\)\n/m,
  );
  expect(stderr).toMatch(/^tokens +9 in, 9 out$/m);
  expect(stderr).toMatch(/^time +\d.* requests\/s\nlatency +p50 .*, p95 .*, p99 .*$/m);
  expect(JSON.parse(read('summary.json'))).toMatchObject({
    records: { read: 10, ok: 9, failed: 1, truncated: 0 },
    failed_by_code: { bad_request: 1 },
    requests: 11,
    retries: 1,
    tokens: { input: 9, output: 9 },
    stopped: null,
    exit_code: exitCode,
  });
  expect(exitCode).toBe(1);
});
