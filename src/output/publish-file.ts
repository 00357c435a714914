import { constants, createReadStream, createWriteStream } from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { compressionOf, createCompressor, createUnpacker } from './compression.ts';
import { outputError } from './output-error.ts';
import type { Location } from './real-location.ts';

/**
 * Copies a whole file to where others wait for it, compressed or not as the name says. It appears
 * there in one step, and on the disk before that. A copy rather than a link: a later run goes on writing to `from`.
 * Rejects with `output_write`; `name` is the new file as the user knows it.
 */
export async function publishFile(
  from: string,
  { location, isDevice }: Location,
  name: string,
): Promise<void> {
  const temporary = isDevice ? location : `${location}.gistmill-tmp`;
  try {
    await copy(from, temporary, isDevice);
    if (isDevice) return;
    const file = await open(temporary, 'r+');
    await file.sync().finally(() => file.close());
    await rename(temporary, location);
  } catch (cause) {
    if (!isDevice) await rm(temporary, { force: true });
    throw outputError(name, cause);
  }
}

async function copy(from: string, to: string, isDevice: boolean): Promise<void> {
  const wanted = compressionOf(to.replace(/\.gistmill-tmp$/, ''));
  const held = compressionOf(from);
  // Where the file system can share the blocks, this takes no time and no room.
  if (wanted === held && !isDevice) return copyFile(from, to, constants.COPYFILE_FICLONE);
  const unpack = held === undefined || wanted === held ? [] : [createUnpacker(held, from)];
  const pack = wanted === undefined || wanted === held ? [] : [createCompressor(wanted, '--final')];
  await pipeline([createReadStream(from), ...unpack, ...pack, createWriteStream(to)]);
}
