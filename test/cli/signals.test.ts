import { expect, test } from 'vitest';
import { startMock, startScripted } from '../helpers/endpoint.ts';
import { run, start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows } from '../helpers/result-rows.ts';

const INPUT = Array.from({ length: 300 }, (_, n) => `text ${n}\n`).join('');
const SLOW = { latency: { kind: 'uniform', minMs: 300, maxMs: 300 } } as const;

test.concurrent.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  'after %s what is in flight is finished and written, and nothing else sent',
  async (signal, code) => {
    const { server, flags } = await startMock(SLOW);
    const { path, read } = await makeFolder({ 'in.txt': INPUT });
    const running = start(['in.txt', '-o', 'out.jsonl', '-c', '3', ...flags], { cwd: path });
    await running.until(() => read('out.jsonl').split('\n').length > 3);
    running.child.kill(signal);
    const { stderr, exitCode } = await running.ended;
    const rows = okRows(read('out.jsonl'));
    expect(exitCode).toBe(code);
    expect(rows.length).toBeGreaterThanOrEqual(3);
    expect(rows.length).toBeLessThan(300);
    expect(server.stats()).toMatchObject({ requests: rows.length, paid: rows.length, abandoned: 0 });
    expect(stderr).toMatch(`interrupted by ${signal}`);
    expect(stderr).toMatch(new RegExp(`^ok +${rows.length}$`, 'm'));
    expect(stderr).toMatch(/^left +.*records? begun but not ended/m);
  },
);

test.concurrent('what has not come back within --grace is cut off, and gets no row', async () => {
  const { server, flags } = await startMock({ hangRate: 1 });
  const { path, read } = await makeFolder({ 'in.txt': INPUT });
  const running = start(['in.txt', '-o', 'out.jsonl', '--grace', '50ms', '-c', '16', ...flags], {
    cwd: path,
  });
  await running.until(() => server.stats().inFlight === 16);
  running.child.kill('SIGINT');
  expect((await running.ended).exitCode).toBe(130);
  expect(read('out.jsonl')).toBe('');
});

test.concurrent('a second signal ends the run at once', async () => {
  const { server, flags } = await startMock({ hangRate: 1 });
  const { path } = await makeFolder({ 'in.txt': INPUT });
  // Only the second signal can end these before the test's own time is up.
  const running = start(['in.txt', '--grace', '1h', '-c', '16', ...flags], { cwd: path });
  await running.until(() => server.stats().inFlight === 16);
  running.child.kill('SIGINT');
  await running.stderrMatch(/interrupted by SIGINT; requests in flight get 3600 s to end/);
  running.child.kill('SIGTERM');
  expect((await running.ended).exitCode).toBe(143);
});

test.concurrent('a signal ends a pause that the endpoint has asked for', async () => {
  const { flags, server } = await startScripted(() => ({
    status: 429,
    headers: { 'retry-after': '600' },
    body: { error: { message: 'slow down', code: 'rate_limit_exceeded' } },
  }));
  const { path } = await makeFolder({ 'in.txt': INPUT });
  const running = start(['in.txt', '--grace', '1h', ...flags], { cwd: path });
  await running.stderrMatch(/the endpoint asks for a pause of 10m/);
  running.child.kill('SIGINT');
  const { stdout, exitCode } = await running.ended;
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 130 });
  expect(server.requests.length).toBeLessThanOrEqual(16);
});

test.concurrent('a signal ends the wait for a piped text that does not come', async () => {
  const { flags } = await startMock();
  const { path, read } = await makeFolder();
  const running = start(['-', '-o', 'out.jsonl', '--grace', '1h', ...flags], {
    cwd: path,
    keepStdinOpen: true,
  });
  running.child.stdin.write('first\nsecond without an end');
  await running.until(() => read('out.jsonl') !== '');
  running.child.kill('SIGTERM');
  expect((await running.ended).exitCode).toBe(143);
  expect(okRows(read('out.jsonl')).map(({ summary }) => summary)).toEqual(['first']);
});

test.concurrent('signals count while nobody reads stdout', async () => {
  const { flags } = await startMock();
  const { path } = await makeFolder({ 'in.txt': `${'word '.repeat(2000)}\n`.repeat(100) });
  const running = start(['in.txt', '--grace', '1h', ...flags], { cwd: path, holdStdout: true });
  await running.until(() => running.child.stdout.readableLength > 0);
  running.child.kill('SIGINT');
  await running.stderrMatch(/interrupted by SIGINT/);
  running.child.kill('SIGINT');
  expect((await running.ended).exitCode).toBe(130);
});

test.concurrent('gistmill mock serves a run, and ends well at a signal', async () => {
  const { path } = await makeFolder();
  const mock = start(['mock', '--port', '0', '--rpm', '100000'], { cwd: path });
  const [, url = ''] = await mock.stderrMatch(/endpoint at (http:\S+)/);
  const { stdout, exitCode } = await run(['-', '--base-url', url, '-m', 'any'], {
    input: 'A text. It has two sentences.\n',
  });
  expect(okRows(stdout)).toMatchObject([{ attempts: 1, finish_reason: 'stop' }]);
  expect(exitCode).toBe(0);
  mock.child.kill('SIGTERM');
  expect((await mock.ended).exitCode).toBe(0);
});
