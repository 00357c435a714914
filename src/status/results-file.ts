import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { AppError } from '../core/errors.ts';
import type { ByteSource } from '../journal/read-lines.ts';
import { type Compression, compressionOf } from '../output/compression.ts';

/** A file of results, open for reading, unpacked where its name says that it is compressed. */
export interface ResultsFile extends ByteSource {
  /** Whether a compressed stream broke off before its end; known once all is read. */
  readonly isCut: boolean;
  close(): Promise<void>;
}

/** Few, since a byte may unpack to a thousand. */
const PACKED_BYTES = 32 * 1024;

/** What of Node's zlib came with 22.15. */
interface WithZstd {
  readonly createZstdDecompress?: () => Transform;
}

/**
 * Opens a file for reading. Throws `input_not_readable` for what cannot be read or is no regular file, and `usage` for
 * `.zst` where this Node.js cannot unpack it. `read` throws `usage` for what is not compressed as its name says.
 */
export async function openResultsFile(path: string, name: string): Promise<ResultsFile> {
  const compression = compressionOf(path);
  const unpack = compression === undefined ? undefined : createUnpacker(compression, name);
  try {
    const stats = await stat(path);
    if (!stats.isFile()) {
      throw new AppError('input_not_readable', `${name}: it is no regular file`);
    }
    const file = await open(path, constants.O_RDONLY);
    return unpack === undefined || stats.size === 0 ? plain(file) : new PackedFile(file, unpack, name);
  } catch (cause) {
    unpack?.destroy();
    if (cause instanceof AppError) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const hint = reason === 'ENOENT' ? 'a run with -o makes it' : undefined;
    throw new AppError('input_not_readable', `${name} cannot be read (${reason})`, { cause, hint });
  }
}

function createUnpacker(compression: Compression, name: string): Transform {
  if (compression === 'gzip') return zlib.createGunzip();
  const { createZstdDecompress } = zlib as WithZstd;
  if (createZstdDecompress !== undefined) return createZstdDecompress();
  throw new AppError('usage', `${name}: this Node.js cannot read .zst; it needs 22.15 or newer`, {
    hint: 'unpack it first, with zstd -d',
  });
}

function plain(file: FileHandle): ResultsFile {
  return {
    isCut: false,
    read: (buffer, offset, length, position) => file.read(buffer, offset, length, position),
    close: () => file.close(),
  };
}

class PackedFile implements ResultsFile {
  readonly #file: FileHandle;
  readonly #unpack: Transform;
  readonly #name: string;
  readonly #packed = Buffer.allocUnsafeSlow(PACKED_BYTES);
  readonly #closed: Promise<void>;
  #chunks: Buffer[] = [];
  #failure: Error | undefined;
  #hasGiven = false;
  #isOver = false;

  constructor(file: FileHandle, unpack: Transform, name: string) {
    this.#file = file;
    this.#unpack = unpack;
    this.#name = name;
    this.#closed = new Promise((resolve) => unpack.once('close', resolve));
    // Listening for data takes it as it comes, so that what came before a fault is not lost with the stream.
    unpack.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    unpack.on('error', (error: Error) => {
      this.#failure ??= error;
    });
  }

  get isCut(): boolean {
    return this.#failure !== undefined;
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ readonly bytesRead: number }> {
    while (this.#chunks.length === 0 && !this.#isOver) await this.#more();
    const [chunk] = this.#chunks;
    if (chunk === undefined) return { bytesRead: 0 };
    this.#hasGiven = true;
    const bytesRead = chunk.copy(buffer, offset, 0, length);
    if (bytesRead === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(bytesRead);
    return { bytesRead };
  }

  async close(): Promise<void> {
    this.#unpack.destroy();
    await this.#file.close();
  }

  async #more(): Promise<void> {
    const { bytesRead } = await this.#file.read(this.#packed, 0, PACKED_BYTES, null);
    if (bytesRead === 0) {
      this.#unpack.end();
      await this.#closed;
    } else {
      const taken = new Promise<void>((resolve) => {
        this.#unpack.write(this.#packed.subarray(0, bytesRead), () => resolve());
      });
      // A stream that fails does not call back for what it was at.
      await Promise.race([taken, this.#closed]);
    }
    this.#isOver = bytesRead === 0 || this.#failure !== undefined;
    const isNone = bytesRead > 0 && this.#isOver && !this.#hasGiven && this.#chunks.length === 0;
    if (isNone) {
      throw new AppError('usage', `${this.#name} is not compressed as its name says`, {
        cause: this.#failure,
      });
    }
  }
}
