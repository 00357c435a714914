import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../core/errors.ts';
import type { Unpacker } from './compression.ts';

/** Few, since a byte may unpack to a thousand. */
const PACKED_BYTES = 32 * 1024;

/** `cut`: it breaks off before its end. `spoilt`: what follows in the file cannot be unpacked. */
export type PackedEnd = 'whole' | 'cut' | 'spoilt';

/** How zlib says that more should have come. */
const CUT = new Set(['Z_BUF_ERROR', 'ZSTD_error_srcSize_wrong']);

/** A compressed file that is read unpacked, as far as that goes: one stream, or several in a row. */
export class PackedFile {
  readonly #file: FileHandle;
  readonly #unpack: Unpacker;
  readonly #name: string;
  readonly #packed = Buffer.allocUnsafeSlow(PACKED_BYTES);
  readonly #closed: Promise<void>;
  #chunks: Buffer[] = [];
  #packedBytes = 0;
  #failure: NodeJS.ErrnoException | undefined;
  #isStream = false;
  #isOver = false;

  constructor(file: FileHandle, unpack: Unpacker, name: string) {
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

  /** Known once all is read. */
  get end(): PackedEnd {
    if (this.#failure !== undefined) return CUT.has(this.#failure.code ?? '') ? 'cut' : 'spoilt';
    // What is no stream after the last one is passed over without an error.
    return this.#unpack.bytesWritten < this.#packedBytes ? 'spoilt' : 'whole';
  }

  get isCut(): boolean {
    return this.end !== 'whole';
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ readonly bytesRead: number }> {
    while (this.#chunks.length === 0 && !this.#isOver) await this.#more();
    const [chunk] = this.#chunks;
    if (chunk === undefined) return { bytesRead: 0 };
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
    if (this.#packedBytes === 0) this.#isStream = beginsStream(this.#packed.subarray(0, bytesRead));
    this.#packedBytes += bytesRead;
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
    if (this.#failure !== undefined && !this.#isStream) {
      throw new AppError('usage', `${this.#name} is not compressed as its name says`, {
        cause: this.#failure,
      });
    }
  }
}

/** How gzip (RFC 1952) and zstd (RFC 8878) begin. */
const MAGICS = [Buffer.from('1f8b', 'hex'), Buffer.from('28b52ffd', 'hex')];

/** Whether these bytes begin a compressed stream, as far as there are any. */
function beginsStream(bytes: Buffer): boolean {
  return MAGICS.some((magic) => {
    const length = Math.min(magic.length, bytes.length);
    return bytes.compare(magic, 0, length, 0, length) === 0;
  });
}
