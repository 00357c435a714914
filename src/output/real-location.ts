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
  if (await isDevice(path, option)) return { location: path, isDevice: true };
  await realpath(dirname(resolve(path))).catch((cause: unknown) => {
    throw openError(option, path, cause);
  });
  return { location: await realPath(path), isDevice: false };
}

/** Whether something is there that is no regular file. Throws `usage` for a folder. */
export async function isDevice(path: string, option: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) throw openError(option, path, Object.assign(new Error(), { code: 'EISDIR' }));
  return stats !== undefined && !stats.isFile();
}

/** Behind all links as far as they lead, so that two names of a file are one; whether it is there or not. */
export async function realPath(path: string): Promise<string> {
  const folder = dirname(resolve(path));
  return realpath(path).catch(async () => join(await realpath(folder).catch(() => folder), basename(path)));
}
