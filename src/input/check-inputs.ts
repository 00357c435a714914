import { constants, fstatSync } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { AppError } from '../core/errors.ts';
import { refuseUtf16 } from './open-head.ts';
import type { Stdin } from './read-chunks.ts';

/** Files looked at side by side; the thread pool has four threads. */
const TOGETHER = 16;

/** One input, found to be readable. */
export interface Input {
  readonly kind: 'stdin' | 'file' | 'pipe';
  /** The path as given; `stdin` for standard input. */
  readonly name: string;
  /** Size of a regular file. */
  readonly bytes?: number;
}

/**
 * Looks at every path (`-` is stdin) before anything is read. Throws `input_not_readable` for the first
 * that is missing, a directory, not permitted or UTF-16.
 */
export async function checkInputs(paths: readonly string[], stdin: Stdin): Promise<Input[]> {
  const inputs: Input[] = [];
  for (let i = 0; i < paths.length; i += TOGETHER) {
    const some = paths
      .slice(i, i + TOGETHER)
      .map((path) => (path === '-' ? checkStdin(stdin) : checkPath(path)));
    for (const result of await Promise.allSettled(some)) {
      if (result.status === 'rejected') throw result.reason;
      inputs.push(result.value);
    }
  }
  return inputs;
}

/** Node.js makes an empty stream of a directory behind stdin. */
async function checkStdin({ fd }: Stdin): Promise<Input> {
  if (typeof fd === 'number' && fstatSync(fd).isDirectory()) throw notReadable('stdin', 'it is a directory');
  return { kind: 'stdin', name: 'stdin' };
}

async function checkPath(path: string): Promise<Input> {
  try {
    const found = await stat(path);
    if (found.isDirectory())
      throw notReadable(path, 'it is a directory', `name its files, such as ${path}/*.txt`);
    if (found.isFIFO()) {
      await access(path, constants.R_OK);
      return { kind: 'pipe', name: path };
    }
    if (!found.isFile()) return { kind: 'file', name: path };
    await checkFile(path);
    return { kind: 'file', name: path, bytes: found.size };
  } catch (error) {
    throw error instanceof AppError ? error : notReadable(path, reasonOf(error));
  }
}

async function checkFile(path: string): Promise<void> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    refuseUtf16(buffer.subarray(0, bytesRead), path);
  } finally {
    await file.close();
  }
}

function notReadable(path: string, reason: string, hint?: string): AppError {
  return new AppError('input_not_readable', `cannot read ${path}: ${reason}`, { hint });
}

/** A system error in plain words, without the path, which the message has already. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EISDIR') return 'it is a directory';
  return code === '' ? 'reading failed' : `reading failed (${code})`;
}
