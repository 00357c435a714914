import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeSelf, type Holder } from '../../src/journal/holder.ts';
import { takeLock } from '../../src/journal/lock.ts';
import { makeFolder } from '../helpers/folder.ts';

const own = { pid: process.pid, isAlive: (pid: number) => pid === process.pid };
const onLinux = it.runIf(process.platform === 'linux');

/** A file whose lock holds what is given, last signed so many seconds ago. */
async function lockedFile(holder: Partial<Holder> | string, ageS = 0): Promise<string> {
  const { path } = await makeFolder();
  const file = join(path, 'out.jsonl');
  const content = typeof holder === 'string' ? holder : JSON.stringify({ ...describeSelf(own), ...holder });
  writeFileSync(`${file}.lock`, content);
  const then = Date.now() / 1000 - ageS;
  utimesSync(`${file}.lock`, then, then);
  return file;
}

const locked = { code: 'output_locked' };

function expectTaken(file: string): void {
  takeLock(file, own).release();
  // Neither the lock nor anything of its making is left.
  expect(readdirSync(join(file, '..'))).toEqual([]);
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a lock', () => {
  it('is had by one at a time, and free again when released', async () => {
    const file = join((await makeFolder()).path, 'out.jsonl');
    const lock = takeLock(file, own);
    const { since } = JSON.parse(readFileSync(`${file}.lock`, 'utf8'));
    expect(() => takeLock(file, own)).toThrow(
      expect.objectContaining({
        ...locked,
        message: `${file}: another run is writing to it: process ${process.pid} on ${hostname()}, since ${since}`,
        hint: expect.stringMatching(/its last sign of life is \d s old$/),
      }),
    );
    lock.release();
    expectTaken(file);
  });

  it('of a process that is gone is taken over', async () => {
    const { pid = 0 } = spawn(process.execPath, ['-e', '']);
    const start = process.platform === 'linux' ? '1' : undefined;
    expectTaken(await lockedFile({ pid, start, token: 'x' }));
  });

  onLinux('of a process whose number another one has now is taken over', async () => {
    expectTaken(await lockedFile({ start: '12345' }));
  });

  onLinux('of a process that has ended, of which only its parent takes no note, is taken over', async () => {
    // It ends only once its parent is no shell any more: a shell would take note.
    const child = `sh -c 'until [ "$(cat /proc/$PPID/comm)" = sleep ]; do sleep 0.01; done'`;
    const parent = spawn('bash', ['-c', `${child} & echo $!; exec sleep 30`]);
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
    await vi.waitFor(() =>
      expect(execFileSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' })).toMatch(/\) Z /),
    );
    const start = readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ')[21];
    expectTaken(await lockedFile({ pid, start }));
    parent.kill('SIGKILL');
  });

  onLinux('from before the machine was started anew is taken over', async () => {
    expectTaken(await lockedFile({ boot: 'another' }));
  });

  it.each([
    ['on another machine', { host: 'elsewhere' }],
    ['in another container', { numbering: 'pid:[1]' }],
  ])('of a process %s is respected for a minute after its last sign', async (_, holder) => {
    const busy = await lockedFile(holder, 50);
    expect(() => takeLock(busy, own)).toThrow(expect.objectContaining(locked));
    expectTaken(await lockedFile(holder, 70));
  });

  it.each(['', '{"pid":', '[]', '{"pid":"x"}'])(
    'that holds %j is just being made, or never was finished',
    async (content) => {
      const fresh = await lockedFile(content);
      expect(() => takeLock(fresh, own)).toThrow(expect.objectContaining(locked));
      expectTaken(await lockedFile(content, 20));
    },
  );

  it('is not taken over while another process is about to do so, unless that has died over it', async () => {
    const file = await lockedFile({ host: 'elsewhere', token: 'dead' }, 70);
    const guard = `${file}.lock.takeover-dead`;
    writeFileSync(guard, '');
    expect(() => takeLock(file, own)).toThrow(expect.objectContaining(locked));
    utimesSync(guard, 1, 1);
    expectTaken(file);
  });

  it('shows every ten seconds that its holder lives', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const file = join((await makeFolder()).path, 'out.jsonl');
    const lock = takeLock(file, own);
    utimesSync(`${file}.lock`, 1, 1);
    vi.advanceTimersByTime(10_000);
    expect(Date.now() - statSync(`${file}.lock`).mtimeMs).toBeLessThan(60_000);
    lock.release();
  });

  it.each(['taken over', 'removed'])('that was %s is told to be lost, and is not released', async (how) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const file = join((await makeFolder()).path, 'out.jsonl');
    const lock = takeLock(file, own);
    const lost = vi.fn();
    lock.onLost(lost);
    if (how === 'removed') execFileSync('rm', [`${file}.lock`]);
    else writeFileSync(`${file}.lock`, JSON.stringify({ ...describeSelf(own), token: 'other' }));
    vi.advanceTimersByTime(30_000);
    expect(lost).toHaveBeenCalledOnce();
    expect(lost.mock.calls[0]?.[0]).toMatchObject(locked);
    lock.release();
    expect(existsSync(`${file}.lock`)).toBe(how === 'taken over');
  });

  it('that cannot be made says why', async () => {
    const { path } = await makeFolder();
    expect(() => takeLock(join(path, 'none/out.jsonl'), own)).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
  });
});
