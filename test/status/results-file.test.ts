import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openResultsFile } from '../../src/status/results-file.ts';
import { makeFolder } from '../helpers/folder.ts';

const LINES = Array.from({ length: 3000 }, (_, n) => `${n} ${Math.sin(n)}\n`).join('');

async function readAll(name: string, content: Buffer): Promise<{ text: string; isCut: boolean }> {
  const path = join((await makeFolder()).path, name);
  writeFileSync(path, content);
  const file = await openResultsFile(path, name);
  try {
    const buffer = Buffer.alloc(5000);
    let text = '';
    for (let position = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 7, 4000, position);
      if (bytesRead === 0) return { text, isCut: file.isCut };
      text += buffer.toString('latin1', 7, 7 + bytesRead);
      position += bytesRead;
    }
  } finally {
    await file.close();
  }
}

describe('a compressed file', () => {
  const packed = zlib.gzipSync(LINES);

  it('is read to its end, also where it is several streams in a row, or has nothing in it', async () => {
    expect(await readAll('a.gz', packed)).toEqual({ text: LINES, isCut: false });
    expect(await readAll('a.gz', Buffer.concat([packed, packed]))).toEqual({
      text: LINES + LINES,
      isCut: false,
    });
    expect(await readAll('a.gz', Buffer.alloc(0))).toEqual({ text: '', isCut: false });
    expect(await readAll('a.gz', zlib.gzipSync(''))).toEqual({ text: '', isCut: false });
  });

  it('that breaks off is read as far as it goes, wherever that is', async () => {
    for (const share of [0.001, 0.1, 0.5, 0.9, 0.9999]) {
      const { text, isCut } = await readAll('a.gz', packed.subarray(0, Math.ceil(packed.length * share)));
      expect(isCut).toBe(true);
      expect(LINES.startsWith(text)).toBe(true);
      expect(text.length).toBeGreaterThanOrEqual((share - 0.2) * LINES.length);
    }
  });

  it('that is spoilt in the middle is read up to there', async () => {
    const spoilt = Buffer.from(packed);
    spoilt.fill(0xff, packed.length / 2, packed.length / 2 + 200);
    const { text, isCut } = await readAll('a.gz', spoilt);
    expect(isCut).toBe(true);
    expect(text.slice(0, LINES.length / 4)).toBe(LINES.slice(0, LINES.length / 4));
  });

  it('that is none is refused', async () => {
    await expect(readAll('a.gz', Buffer.from(LINES))).rejects.toMatchObject({ code: 'usage' });
  });

  const hasZstd = 'zstdCompressSync' in zlib;
  it.runIf(hasZstd)('may be .zst', async () => {
    const { zstdCompressSync } = zlib as unknown as { zstdCompressSync(text: string): Buffer };
    const whole = zstdCompressSync(LINES);
    expect(await readAll('a.zst', whole)).toEqual({ text: LINES, isCut: false });
    const twice = Buffer.concat([whole, zstdCompressSync('short\n'), whole]);
    expect(await readAll('a.zst', twice)).toEqual({ text: `${LINES}short\n${LINES}`, isCut: false });
    expect((await readAll('a.zst', Buffer.concat([whole, Buffer.alloc(9)]))).isCut).toBe(true);
    const { text } = await readAll('a.zst', whole.subarray(0, whole.length / 2));
    expect(LINES.startsWith(text)).toBe(true);
  });

  it.skipIf(hasZstd)('may not be .zst where this Node.js cannot read it', async () => {
    await expect(readAll('a.zst', Buffer.from('x'))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('22.15'),
    });
  });
});

it('what is not there, or no file, cannot be read', async () => {
  const { path } = await makeFolder();
  for (const name of [path, join(path, 'none.jsonl')]) {
    await expect(openResultsFile(name, 'it')).rejects.toMatchObject({ code: 'input_not_readable' });
  }
});
