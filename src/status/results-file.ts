import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { AppError } from '../core/errors.ts';
import type { ByteSource } from '../journal/read-lines.ts';
import { compressionOf, createUnpacker } from '../output/compression.ts';
import { PackedFile } from '../output/packed-file.ts';

/** A file of results, open for reading, unpacked where its name says that it is compressed. */
export interface ResultsFile extends ByteSource {
  /** Whether a compressed stream broke off before its end; known once all is read. */
  readonly isCut: boolean;
  close(): Promise<void>;
}

/**
 * Opens a file for reading. Throws `input_not_readable` for what cannot be read or is no regular file, and `usage` for
 * `.zst` where this Node.js cannot unpack it. `read` throws `usage` for what is not compressed as its name says.
 */
export async function openResultsFile(path: string, name: string): Promise<ResultsFile> {
  const compression = compressionOf(path);
  if (compression !== undefined) createUnpacker(compression, name).destroy();
  try {
    const stats = await stat(path);
    if (!stats.isFile()) {
      throw new AppError('input_not_readable', `${name}: it is no regular file`);
    }
    const file = await open(path, constants.O_RDONLY);
    if (compression === undefined || stats.size === 0) return plain(file);
    return new PackedFile(file, () => createUnpacker(compression, name), name);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const hint = reason === 'ENOENT' ? 'a run with -o makes it' : undefined;
    throw new AppError('input_not_readable', `${name} cannot be read (${reason})`, { cause, hint });
  }
}

function plain(file: FileHandle): ResultsFile {
  return {
    isCut: false,
    read: (buffer, offset, length, position) => file.read(buffer, offset, length, position),
    close: () => file.close(),
  };
}
