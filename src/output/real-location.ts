import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { openError } from './open-output-file.ts';

export interface Location {
  /** Behind all symbolic links, whether the file is there or not. */
  readonly location: string;
  /** A device, a pipe or a socket: not to be replaced. */
  readonly isDevice: boolean;
}

/** Where a file that `option` names stands. Throws `usage` for a folder, and where its folder is missing. */
export async function realLocation(path: string, option: string): Promise<Location> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) throw openError(option, path, Object.assign(new Error(), { code: 'EISDIR' }));
  if (stats !== undefined && !stats.isFile()) return { location: path, isDevice: true };
  if (stats !== undefined) return { location: await realpath(path), isDevice: false };
  const folder = await realpath(dirname(resolve(path))).catch((cause: unknown) => {
    throw openError(option, path, cause);
  });
  return { location: join(folder, basename(path)), isDevice: false };
}
