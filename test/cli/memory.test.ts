import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startMock } from '../helpers/endpoint.ts';
import { startBash } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { failures, okRows } from '../helpers/result-rows.ts';

const MIB = 1024 * 1024;
const onLinux = test.runIf(process.platform === 'linux');
const quoted = (args: readonly string[]): string => args.map((arg) => `'${arg}'`).join(' ');

/** Most memory that a process has ever held, in bytes (proc(5), VmHWM). */
function peakBytes(pid: number): number {
  const [, kib = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

onLinux(
  'an endless input is read no faster than it is summarised',
  async () => {
    const { server, flags } = await startMock();
    const { path, read } = await makeFolder();
    // `yes` writes gigabytes a second; without backpressure this heap is full in no time.
    const running = startBash(
      `yes 'a line of text' | (echo $BASHPID > pid; exec "$NODE" --max-old-space-size=64 "$BIN" - ${quoted(flags)} -q --no-dedupe -o out.jsonl)`,
      { cwd: path },
    );
    await running.until(() => server.stats().paid > 1000);
    const pid = Number(read('pid'));
    const early = peakBytes(pid);
    await running.until(() => server.stats().paid > 6000);
    const late = peakBytes(pid);
    process.kill(pid, 'SIGINT');
    const { exitCode } = await running.ended;
    expect(exitCode).toBe(130);
    expect(late).toBeLessThan(300 * MIB);
    expect(late - early).toBeLessThan(60 * MIB);
    expect(okRows(read('out.jsonl')).length).toBe(server.stats().paid);
  },
  30_000,
);

onLinux('a line beyond --max-line costs little memory, and no row beside it', async () => {
  const { flags } = await startMock();
  const { path, read } = await makeFolder();
  // `cat` keeps the pipe open until its own input ends.
  const input = "echo first; head -c 200M /dev/zero | tr '\\0' x; echo; echo last; cat";
  const running = startBash(
    `(${input}) | (echo $BASHPID > pid; exec "$NODE" --max-old-space-size=128 "$BIN" - ${quoted(flags)} -q)`,
    { cwd: path, keepStdinOpen: true },
  );
  await running.until(() => running.stdout().split('\n').length > 3);
  // The 64 MiB that a line may have, twice, and Node.js itself.
  expect(peakBytes(Number(read('pid')))).toBeLessThan(300 * MIB);
  running.child.stdin.end();
  const { stdout, exitCode } = await running.ended;
  expect(okRows(stdout).map(({ summary }) => summary)).toEqual(['first', 'last']);
  expect(failures(stdout)).toEqual(['2 line_too_long']);
  expect(exitCode).toBe(1);
});
