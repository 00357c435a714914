import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildWriteRows, shell } from './helpers/child.ts';
import { tempDir } from './helpers/temp-dir.ts';

const dir = tempDir();
let program: string;
beforeAll(() => {
  program = buildWriteRows(dir);
});

interface Job {
  readonly output?: string;
  readonly format?: string;
  readonly rows: number;
  readonly chars: number;
}

/** Runs the writing program with its stdout as the shell line says; `RUN` stands for its call. */
async function run(line: string, { rows, chars, ...rest }: Job) {
  const settings = { format: 'jsonl', ordered: false, inputs: [], ...rest };
  const result = await shell(line.replace('RUN', '"$NODE" "$PROGRAM" "$SETTINGS" "$JOB"'), {
    PROGRAM: program,
    SETTINGS: JSON.stringify(settings),
    JOB: JSON.stringify({ rows, chars, window: 64 }),
  });
  return { ...result, report: JSON.parse(result.stderr) };
}

/** The ids of the rows; fails if the last of them is torn. */
function idsIn(text: string): string[] {
  const lines = text.split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line).id);
}

const firstIds = (count: number): string[] => Array.from({ length: count }, (_, index) => `a-${index}`);

describe('a pipe', () => {
  it('gets every row, also when its reader is slow to start', async () => {
    const { stdout, report } = await run('RUN | (sleep 0.2; cat)', { rows: 500, chars: 2000 });
    expect(idsIn(stdout)).toEqual(firstIds(500));
    expect(report).toEqual({ written: 500 });
  });

  it('that is closed early ends the writing with output_closed and no stack', async () => {
    const { stdout, stderr, report } = await run('RUN | head -n 1', { rows: 100_000, chars: 2000 });
    expect(idsIn(stdout)).toEqual(['a-0']);
    expect(report.code).toBe('output_closed');
    expect(report.message).toBe('standard output: its reader has gone (EPIPE)');
    expect(report.written).toBeLessThan(1000);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('that nobody reads refuses the header of a CSV before any row', async () => {
    const { report } = await run('(sleep 0.3; RUN) | true', { format: 'csv', rows: 5, chars: 10 });
    expect(report).toMatchObject({ written: 0, code: 'output_closed' });
  });
});

describe.skipIf(!existsSync('/dev/full'))('a full device', () => {
  it('behind stdout is output_write with the reason', async () => {
    const { report } = await run('RUN > /dev/full', { rows: 5, chars: 10 });
    expect(report).toEqual({
      written: 0,
      code: 'output_write',
      message: 'standard output: no space left on device (ENOSPC)',
    });
  });

  it('as --output is output_write with the reason', async () => {
    const { report } = await run('RUN', { output: '/dev/full', rows: 5, chars: 10 });
    expect(report.code).toBe('output_write');
    expect(report.message).toBe('/dev/full: no space left on device (ENOSPC)');
  });
});

// `ulimit -f` takes KiB in bash: a write that crosses the limit is cut short, as on a full disk.
describe.skipIf(process.platform === 'win32')('a file that can grow no further', () => {
  it.each(['jsonl', 'csv'])('keeps only whole %s rows as --output', async (format) => {
    const output = join(dir, `limited.${format}`);
    const { report } = await run('ulimit -f 100; RUN', { output, format, rows: 1000, chars: 700 });
    expect(report.code).toBe('output_write');
    expect(report.message).toBe(`${output}: file too large (EFBIG)`);
    const lines = readFileSync(output, 'utf8').split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.length).toBeGreaterThanOrEqual(report.written);
    expect(lines.length).toBeGreaterThan(50);
    if (format === 'jsonl') expect(idsIn(readFileSync(output, 'utf8'))).toEqual(firstIds(lines.length));
  });

  it('keeps only whole rows behind stdout, after what was there before', async () => {
    const file = join(dir, 'redirected.jsonl');
    writeFileSync(file, '{"id":"before"}\n');
    const { report } = await run(`ulimit -f 100; RUN >> "${file}"`, { rows: 1000, chars: 700 });
    expect(report.code).toBe('output_write');
    const ids = idsIn(readFileSync(file, 'utf8'));
    expect(ids).toEqual(['before', ...firstIds(ids.length - 1)]);
    expect(statSync(file).size).toBeGreaterThan(90_000);
  });

  it('reports a last row that did not fit, even if nothing is written after it', async () => {
    const file = join(dir, 'last.jsonl');
    const { report } = await run(`ulimit -f 1; RUN > "${file}"`, { rows: 1, chars: 2000 });
    expect(report).toMatchObject({ written: 0, code: 'output_write' });
    expect(readFileSync(file, 'utf8')).toBe('');
  });
});

describe('a redirected file', () => {
  it('gets every row in whole lines', async () => {
    const file = join(dir, 'plain.jsonl');
    const { report } = await run(`RUN > "${file}"`, { rows: 3000, chars: 300 });
    expect(report).toEqual({ written: 3000 });
    expect(idsIn(readFileSync(file, 'utf8'))).toEqual(firstIds(3000));
  });
});
