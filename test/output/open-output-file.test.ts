import { execFileSync } from 'node:child_process';
import { closeSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileTarget } from '../../src/output/file-target.ts';
import { openOutputFile } from '../../src/output/open-output-file.ts';
import { tempDir } from './helpers/temp-dir.ts';

const dir = tempDir();

describe('opening an output file', () => {
  it('goes on after what is there with append', async () => {
    const path = join(dir, 'half-done.jsonl');
    writeFileSync(path, '{"id":"é"}\n');
    const file = await openOutputFile(path, 'append');
    expect(file.size).toBe(12);
    const target = new FileTarget(file);
    await target.write(['{"id":"b"}\n']);
    await target.close();
    expect(readFileSync(path, 'utf8')).toBe('{"id":"é"}\n{"id":"b"}\n');
  });

  it('takes a device as it is', async () => {
    const file = await openOutputFile('/dev/null', 'create');
    expect(file.size).toBe(0);
    closeSync(file.fd);
  });

  it.skipIf(process.platform === 'win32')('takes a named pipe, which a reader empties', async () => {
    const path = join(dir, 'pipe');
    execFileSync('mkfifo', [path]);
    const read = readFile(path, 'utf8');
    const target = new FileTarget(await openOutputFile(path, 'create'));
    await target.write(['one\n', 'two\n']);
    await target.close();
    expect(await read).toBe('one\ntwo\n');
  });
});
