import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FileTarget } from '../../src/output/file-target.ts';
import { openOutputFile } from '../../src/output/open-output-file.ts';
import { type Fsync, syncedTarget } from '../../src/output/synced-target.ts';
import { tempDir } from './helpers/temp-dir.ts';

const dir = tempDir();
let files = 0;

async function open(fsync: Fsync) {
  const path = join(dir, `${files++}.jsonl`);
  const file = await openOutputFile(path, 'append');
  return { path, file, target: syncedTarget(new FileTarget(file), file, fsync) };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a file whose rows are forced to the disk', () => {
  it.each(['never', 'interval', 'each'] as const)('holds all of them with %s', async (fsync) => {
    const { path, target } = await open(fsync);
    await Promise.all([target.write(['a\n', 'b\n'])]);
    await target.write(['c\n']);
    await target.close();
    expect(fs.readFileSync(path, 'utf8')).toBe('a\nb\nc\n');
  });

  it('with each fails the write whose rows may not last', async () => {
    const { file, target } = await open('each');
    await target.write(['a\n']);
    fs.closeSync(file.fd);
    // The descriptor now belongs to a device that takes what is written but cannot be synced.
    expect(fs.openSync('/dev/null', 'w')).toBe(file.fd);
    await expect(target.write(['b\n'])).rejects.toMatchObject({ code: 'output_write' });
    await target.close();
  });

  it('with interval fails the write that comes after a second in which they could not be forced', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { file, target } = await open('interval');
    fs.closeSync(file.fd);
    expect(fs.openSync('/dev/null', 'w')).toBe(file.fd);
    await target.write(['a\n']);
    await target.write(['b\n']);
    vi.advanceTimersByTime(1000);
    await vi.waitFor(async () => {
      await expect(target.write(['c\n'])).rejects.toMatchObject({ code: 'output_write' });
    });
    await expect(target.close()).rejects.toMatchObject({ code: 'output_write' });
  });
});
