import fs from 'node:fs';
import type { Writable } from 'node:stream';
import type { Target } from './batch-writer.ts';
import { FileTarget } from './file-target.ts';
import { StreamTarget } from './stream-target.ts';

const NAME = 'standard output';

/**
 * Pipes and terminals are written as streams. A regular file behind stdout is written by its
 * descriptor: Node's own stream for it drops the rest of a short write, as on a full disk, unnoticed
 * (lib/internal/fs/sync_write_stream.js).
 */
export function stdoutTarget(stdout: Writable): Target {
  const file = regularFile(stdout);
  if (file === undefined) return new StreamTarget(stdout, NAME);
  return new FileTarget({ fd: file.fd, name: NAME, size: Number(file.stats.size), owned: false });
}

/** The regular file behind a stream, if there is one. */
export function regularFile(stream: Writable): { fd: number; stats: fs.BigIntStats } | undefined {
  const fd = 'fd' in stream ? stream.fd : undefined;
  if (typeof fd !== 'number') return undefined;
  const stats = fs.fstatSync(fd, { bigint: true });
  return stats.isFile() ? { fd, stats } : undefined;
}
