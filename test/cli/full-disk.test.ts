import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startMock } from '../helpers/endpoint.ts';
import { bash, run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows, resultRows } from '../helpers/result-rows.ts';

const CONCURRENCY = 4;
const RECORDS = 300;
/** Digits without a pattern, which hardly compress. */
const TEXTS = Array.from({ length: RECORDS }, (_, n) =>
  Array.from({ length: 30 }, (_, k) => `${Math.abs(Math.sin(n * 30 + k))}`.slice(2)).join(' '),
);
const INPUT = TEXTS.map((text, id) => `${JSON.stringify({ id, text })}\n`).join('');

/** The rows of a file, as far as a compressed one goes; throws where one is torn. */
function rowsOf(path: string) {
  if (!path.endsWith('.gz')) return resultRows(readFileSync(path, 'utf8'));
  return resultRows(spawnSync('zcat', [path], { maxBuffer: 2 ** 26 }).stdout.toString('utf8'));
}

/** All texts have come back as their own summaries, each once. */
function expectAll(path: string): void {
  const text = rowsOf(path)
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
  expect(okRows(text).map(({ summary }) => summary)).toEqual(TEXTS);
}

test.concurrent.each([
  ['out.jsonl', '100'],
  ['out.jsonl.gz', '50'],
])(
  'a file that must not grow ends the run with 5, whole rows in it, and the run goes on later: %s',
  async (output, kilobytes) => {
    const { server, flags } = await startMock();
    const { path } = await makeFolder({ 'in.jsonl': INPUT });
    const args = ['in.jsonl', '-c', `${CONCURRENCY}`, '-q', '-o', output, ...flags];
    const line = args.map((arg) => `'${arg}'`).join(' ');
    const full = await bash(`ulimit -f ${kilobytes}; gistmill ${line}`, { cwd: path });
    expect(full).toMatchObject({ exitCode: 5, stderr: expect.stringMatching(/file too large \(EFBIG\)/) });
    const before = rowsOf(join(path, output)).length;
    expect(before).toBeGreaterThan(20);
    expect(await run(args, { cwd: path })).toMatchObject({ exitCode: 0, stderr: '' });
    expectAll(join(path, output));
    expect(server.stats().paidTwice).toBeLessThanOrEqual(4 * CONCURRENCY);
    expect(readdirSync(path).sort()).toEqual(['in.jsonl', output, `${output}.gistmill`]);
  },
);

const mounted: string[] = [];
afterAll(() => {
  for (const disk of mounted) {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  }
});

/** A small disk of its own; undefined where none may be had: only root may mount, and not in every container. */
function makeDisk(): string | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'gistmill-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', 'gistmill-test', disk]);
  if (status === 0) mounted.push(disk);
  else rmSync(disk, { recursive: true });
  return status === 0 ? disk : undefined;
}

/** From a disk that has no room for anything to one that has it for all. */
const KILOBYTES = [4, 40, 140, 320, 800, 4000];

test.skipIf(makeDisk() === undefined).concurrent.each([
  ['out.jsonl', []],
  ['out.jsonl', ['--ordered']],
  ['out.jsonl.gz', ['--ordered', '--failed', 'failed.jsonl', '--final', 'final.jsonl']],
])(
  'on a disk that is full at any moment the run ends with 5 and loses nothing: %s %j',
  async (output, extra) => {
    const { server, flags } = await startMock({ latency: { kind: 'uniform', minMs: 0, maxMs: 10 } });
    const { path } = await makeFolder({ 'in.jsonl': INPUT });
    const folder = makeDisk() ?? '';
    const args = [join(path, 'in.jsonl'), '-c', `${CONCURRENCY}`, '-q', '-o', output, ...extra, ...flags];
    const ends: (number | null)[] = [];
    for (const kilobytes of KILOBYTES) {
      execFileSync('mount', ['-o', `remount,size=${kilobytes}k`, folder]);
      const { exitCode, stderr } = await run(args, { cwd: folder });
      ends.push(exitCode);
      if (exitCode === 0) break;
      expect({ exitCode, stderr }).toEqual({ exitCode: 5, stderr: expect.stringMatching(/ENOSPC/) });
      if (readdirSync(folder).includes(output)) rowsOf(join(folder, output));
    }
    expect(ends.at(-1)).toBe(0);
    expect(ends.length).toBeGreaterThan(2);
    expectAll(join(folder, output));
    if (extra[0] === '--ordered') {
      expect(rowsOf(join(folder, output)).map(({ index }) => index)).toEqual([...TEXTS.keys()]);
    }
    if (extra.includes('--final')) expectAll(join(folder, 'final.jsonl'));
    expect(server.stats().paidTwice).toBeLessThanOrEqual(4 * CONCURRENCY * ends.length);
    expect(readdirSync(folder).filter((name) => /-tmp|-plain|\.lock|damaged/.test(name))).toEqual([]);
  },
);
