import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { type Holder, parseHolder } from './holder.ts';

/** A lock as it was found. Times are those of the file system, whose clock may not be ours. */
export interface FoundLock {
  /** Undefined where the file holds nothing that can be read: it is being made just now, or never was finished. */
  readonly holder: Holder | undefined;
  readonly signMs: number;
  readonly nowMs: number;
}

/** Links exist on all usual file systems; these say that here they don't. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/** Makes the lock in one step. Returns the one that was there already, if there was one. */
export function makeLock(path: string, self: Holder): FoundLock | undefined {
  const temporary = `${path}.${self.token}`;
  writeFileSync(temporary, JSON.stringify(self), { flag: 'wx' });
  try {
    const nowMs = statSync(temporary).mtimeMs;
    if (link(temporary, path, self)) return undefined;
    const found = readLock(path);
    return found === undefined ? undefined : { ...found, nowMs };
  } finally {
    remove(temporary);
  }
}

function link(temporary: string, path: string, self: Holder): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!NO_LINKS.has(codeOf(error))) throw error;
  }
  try {
    writeFileSync(path, JSON.stringify(self), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The lock as it is; undefined where there is none. */
export function readLock(path: string): { holder: Holder | undefined; signMs: number } | undefined {
  return ifThere(() => ({ signMs: statSync(path).mtimeMs, holder: parseHolder(readFileSync(path, 'utf8')) }));
}

/** Whether this is the lock's holder still. */
export function isHeldBy(path: string, { token }: Holder): boolean {
  return readLock(path)?.holder?.token === token;
}

/**
 * Puts a lock in the place of a dead one, in one step. Only one process at a time may do so with the same dead
 * lock; what it left when it died itself is cleared away after `unfinishedMs`. Returns whether it may have worked.
 */
export function replaceLock(path: string, dead: FoundLock, self: Holder, unfinishedMs: number): boolean {
  const guard = `${path}.takeover-${dead.holder?.token ?? 'unreadable'}`;
  try {
    closeSync(openSync(guard, 'wx'));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const madeMs = ifThere(() => statSync(guard).mtimeMs) ?? dead.nowMs;
    if (dead.nowMs - madeMs > unfinishedMs) remove(guard);
    return false;
  }
  const temporary = `${path}.${self.token}`;
  try {
    if (readLock(path)?.holder?.token !== dead.holder?.token) return false;
    writeFileSync(temporary, JSON.stringify(self));
    renameSync(temporary, path);
    return true;
  } finally {
    remove(temporary);
    remove(guard);
  }
}

/** Shows that the holder lives: the file is written, so that its time is new. Returns whether it still is the holder. */
export function signLock(path: string, self: Holder): boolean {
  const fd = ifThere(() => openSync(path, 'r+'));
  if (fd === undefined) return false;
  try {
    const content = readFileSync(fd, 'utf8');
    if (parseHolder(content)?.token !== self.token) return false;
    writeSync(fd, content, 0);
    return true;
  } finally {
    closeSync(fd);
  }
}

export function remove(path: string): void {
  ifThere(() => unlinkSync(path));
}

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
