import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { AppError } from '../core/errors.ts';

export type Compression = 'gzip' | 'zstd';

/** A stream that compresses, and can write out what it holds so far. */
export interface Compressor extends Transform {
  flush(kind: number, done: () => void): void;
}

/** What of Node's zlib came with 22.15. */
interface WithZstd {
  readonly createZstdCompress?: () => Compressor;
  readonly createZstdDecompress?: () => Unpacker;
}

/** A stream that unpacks. */
export interface Unpacker extends Transform {
  /** Packed bytes that it has made use of. */
  readonly bytesWritten: number;
}

/** By the end of the name: `.gz` or `.zst`. */
export function compressionOf(path: string): Compression | undefined {
  if (path.endsWith('.gz')) return 'gzip';
  return path.endsWith('.zst') ? 'zstd' : undefined;
}

/** Throws `usage` where this Node.js cannot compress so. `option` is the one that names the file. */
export function createCompressor(compression: Compression, option: string): Compressor {
  if (compression === 'gzip') return zlib.createGzip();
  const { createZstdCompress } = zlib as WithZstd;
  if (createZstdCompress !== undefined) return createZstdCompress();
  throw new AppError('usage', `${option}: this Node.js cannot write .zst; it needs 22.15 or newer`, {
    hint: 'name the file .gz instead',
  });
}

/** Throws `usage` where this Node.js cannot unpack it. `name` is that of the file. */
export function createUnpacker(compression: Compression, name: string): Unpacker {
  if (compression === 'gzip') return zlib.createGunzip();
  const { createZstdDecompress } = zlib as WithZstd;
  if (createZstdDecompress !== undefined) return createZstdDecompress();
  throw new AppError('usage', `${name}: this Node.js cannot read .zst; it needs 22.15 or newer`, {
    hint: 'unpack it first, with zstd -d',
  });
}

/** Throws `usage` where a file of this name cannot be written by this Node.js. */
export function refuseCompression(path: string, option: string): void {
  const compression = compressionOf(path);
  if (compression !== undefined) createCompressor(compression, `${option} ${path}`).destroy();
}

/** Writes out all that was given so far, so that it can be read before the end. */
export function flushKind(compression: Compression): number {
  return compression === 'gzip' ? zlib.constants.Z_SYNC_FLUSH : ZSTD_E_FLUSH;
}

/** `ZSTD_e_flush` of zstd.h, ZSTD_EndDirective. */
const ZSTD_E_FLUSH = 1;
