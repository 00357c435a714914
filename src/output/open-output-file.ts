import fs from 'node:fs';
import { promisify } from 'node:util';
import { AppError } from '../core/errors.ts';
import type { OpenFile } from './file-target.ts';
import { errorCode, outputError } from './output-error.ts';

const open = promisify(fs.open);
const fstat = promisify(fs.fstat);
const close = promisify(fs.close);

/** `create` takes a new or an empty file; `append` goes on after what the file holds. */
export type OpenMode = 'create' | 'append';

/** Errors that come from the path as it was given, not from the state of the disk. */
const WRONG_PATH: ReadonlyMap<string | undefined, string> = new Map([
  ['ENOENT', 'its folder does not exist'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EISDIR', 'it is a folder'],
]);

/** Why a file that `option` names cannot be opened: `usage` for a wrong path, `output_write` for what else fails. */
export function openError(option: string, path: string, cause: unknown): AppError {
  const wrong = WRONG_PATH.get(errorCode(cause));
  if (wrong === undefined) return outputError(path, cause);
  return new AppError('usage', `${option} ${path}: ${wrong}`, { cause });
}

/**
 * Opens an output file for appending; devices and named pipes are taken as they are. Throws `usage` for a path
 * that cannot be an output or, with `create`, holds something already; `output_write` for what else fails.
 */
export async function openOutputFile(path: string, mode: OpenMode, option = '--output'): Promise<OpenFile> {
  const fd = await open(path, 'a').catch((cause: unknown) => {
    throw openError(option, path, cause);
  });
  const stats = await fstat(fd);
  const size = stats.isFile() ? stats.size : 0;
  if (size === 0 || mode === 'append') return { fd, name: path, size, owned: true };

  await close(fd);
  throw new AppError('usage', `${option} ${path}: it exists and is not empty`, {
    hint: 'a run cannot go on after results in --format text; in jsonl or csv it can. Name another file, or move this one away with --fresh',
  });
}
