import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Compression, compressionOf, createCompressor, createUnpacker } from './compression.ts';
import { PackedFile } from './packed-file.ts';

/** How files of one kind are read, and made anew from plain ones. */
export interface Packing {
  /** Opens a file for reading. Its `read` throws `usage` for what is not compressed as its name says. */
  open(path: string): Promise<PackedFile>;
  /** Compresses the first file into the second, and brings that to the disk. */
  pack(from: string, to: string): Promise<void>;
}

/** By the end of the name; undefined where that tells of no compression. */
export function packingOf(name: string): Packing | undefined {
  const compression = compressionOf(name);
  return compression === undefined ? undefined : packing(compression, name);
}

function packing(compression: Compression, name: string): Packing {
  return {
    open: async (path) =>
      new PackedFile(await open(path, 'r'), () => createUnpacker(compression, name), name),
    pack: async (from, to) => {
      const stage = createCompressor(compression, `--output ${name}`);
      await pipeline(createReadStream(from), stage, createWriteStream(to));
      const file = await open(to, 'r+');
      await file.sync().finally(() => file.close());
    },
  };
}
