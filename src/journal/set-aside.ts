import { existsSync, renameSync } from 'node:fs';
import { pathsOf } from './paths.ts';

/**
 * Moves an output out of the way, to `FILE.bak` or the first of `FILE.bak-2`, `-3` … that is free, and its sidecar with
 * it. Returns the new name; undefined where there is nothing to move. For the holder of its lock.
 */
export function setAside(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  let number = 1;
  while (existsSync(backupName(file, number))) number += 1;
  const backup = backupName(file, number);
  renameSync(file, backup);
  const { manifest } = pathsOf(file);
  if (existsSync(manifest)) renameSync(manifest, pathsOf(backup).manifest);
  return backup;
}

function backupName(file: string, number: number): string {
  return number === 1 ? `${file}.bak` : `${file}.bak-${number}`;
}
