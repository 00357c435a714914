import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Packing } from './packing.ts';
import type { JournalPaths } from './paths.ts';
import { type KeptLine, rewriteLines, syncFolder } from './rewrite-lines.ts';

const BLOCK_BYTES = 1024 * 1024;

/**
 * What `rewriteLines` does, of a compressed file: all places and sizes are those of what it holds. `check` is told its
 * size before that, and may throw. The file is unpacked beside itself for it.
 */
export async function rewritePacked(
  { file, unpacked, temporary }: JournalPaths,
  packing: Packing,
  lines: Iterable<KeptLine>,
  header: string | undefined,
  check: (size: number, unpacked: string) => Promise<void> | void,
): Promise<number> {
  try {
    await check(await unpack(packing, file, unpacked), unpacked);
    const size = await rewriteLines(unpacked, temporary, lines, header);
    await packing.pack(unpacked, temporary);
    await rename(temporary, file);
    await syncFolder(dirname(file));
    return size;
  } finally {
    for (const path of [unpacked, temporary]) await rm(path, { force: true });
  }
}

/** Resolves to the bytes that were unpacked; what breaks off, as far as it goes. */
async function unpack(packing: Packing, from: string, to: string): Promise<number> {
  const packed = await packing.open(from);
  try {
    const plain = await open(to, 'w');
    try {
      const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      for (let size = 0; ; ) {
        const { bytesRead } = await packed.read(block, 0, BLOCK_BYTES, size);
        if (bytesRead === 0) return size;
        await plain.writeFile(block.subarray(0, bytesRead));
        size += bytesRead;
      }
    } finally {
      await plain.close();
    }
  } finally {
    await packed.close();
  }
}
