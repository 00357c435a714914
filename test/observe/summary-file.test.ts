import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSummaryPath, writeSummaryJson } from '../../src/observe/summary-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gistmill-summary-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('writeSummaryJson', () => {
  it('replaces the file in one step and leaves nothing else', async () => {
    const file = path.join(folder, 'summary.json');
    await writeFile(file, 'old and much longer than what is new');
    await writeSummaryJson(file, { ok: 1 });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ ok: 1 });
    expect(await readdir(folder)).toEqual(['summary.json']);
  });

  it('follows a link rather than replaces it', async () => {
    const file = path.join(folder, 'real.json');
    const link = path.join(folder, 'link.json');
    await writeFile(file, '{}');
    await symlink(file, link);
    await writeSummaryJson(link, { ok: 2 });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ ok: 2 });
  });

  it('writes into a pipe as it is', async () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reading = readFile(pipe, 'utf8');
    await writeSummaryJson(pipe, { ok: 3 });
    expect(JSON.parse(await reading)).toEqual({ ok: 3 });
  });

  it('rejects with output_write, and leaves no half-written file', async () => {
    const file = path.join(folder, 'gone', 'summary.json');
    await expect(writeSummaryJson(file, {})).rejects.toMatchObject({
      code: 'output_write',
      message: expect.stringContaining('--summary-json'),
    });
    await mkdir(path.join(folder, 'taken'));
    await expect(writeSummaryJson(path.join(folder, 'taken'), {})).rejects.toMatchObject({
      code: 'output_write',
    });
    expect(await readdir(folder)).toEqual(['taken']);
  });
});

describe('checkSummaryPath', () => {
  it('accepts a new file, an old one and a pipe', async () => {
    await checkSummaryPath(path.join(folder, 'new.json'));
    await writeFile(path.join(folder, 'old.json'), '{}');
    await checkSummaryPath(path.join(folder, 'old.json'));
    await checkSummaryPath('/dev/null');
    expect(await readdir(folder)).toEqual(['old.json']);
  });

  it('refuses a folder and a file in a folder that is not there', async () => {
    for (const file of [folder, path.join(folder, 'gone', 'summary.json')]) {
      await expect(checkSummaryPath(file)).rejects.toMatchObject({ code: 'usage' });
    }
  });
});
