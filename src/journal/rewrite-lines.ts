import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CsvCutter } from './csv-cutter.ts';
import { LineCutter } from './line-cutter.ts';

const BATCH_BYTES = 1024 * 1024;

/** A line that goes into the new file. */
export interface KeptLine {
  /** Where it begins in the old file. */
  readonly offset: number;
  /** Is told where it begins in the new one. */
  readonly moved?: ((offset: number) => void) | undefined;
}

/**
 * Writes a file anew with these of its lines, in this order, in one step: whoever looks finds the old file or the
 * new one, also after a power cut. Resolves to its size; rejects with what the file system says, and then the old file is as it was.
 * `temporary`, in the same folder, is written over and gone afterwards. With a `header` the file is CSV: the new one
 * begins with it, and a line is a record.
 */
export async function rewriteLines(
  path: string,
  temporary: string,
  lines: Iterable<KeptLine>,
  header?: string,
): Promise<number> {
  let size = 0;
  const from = await open(path, 'r');
  try {
    const { mode } = await from.stat();
    await writeFile(temporary, mode, async (to) => {
      const cutter = new LineCutter(from);
      if (header === undefined) size = await copyLines(cutter, to, lines, Buffer.alloc(0));
      else size = await copyLines(new CsvCutter(cutter), to, lines, Buffer.from(header));
    });
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await from.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
  return size;
}

async function writeFile(
  path: string,
  mode: number,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, 'w', mode);
  try {
    await file.chmod(mode & 0o7777);
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes what was renamed in a folder last. Where folders cannot be synced, the system sees to it. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

async function copyLines(
  from: Pick<LineCutter, 'cut'>,
  to: FileHandle,
  lines: Iterable<KeptLine>,
  first: Buffer,
): Promise<number> {
  let batch = [first];
  let waiting = first.length;
  let size = first.length;
  for (const { offset, moved } of lines) {
    const line = await from.cut(offset);
    moved?.(size);
    batch.push(line);
    size += line.length;
    waiting += line.length;
    if (waiting < BATCH_BYTES) continue;
    await writeAll(to, Buffer.concat(batch));
    batch = [];
    waiting = 0;
  }
  await writeAll(to, Buffer.concat(batch));
  return size;
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let sent = 0; sent < bytes.length; ) {
    sent += (await file.write(bytes, sent, bytes.length - sent, null)).bytesWritten;
  }
}
