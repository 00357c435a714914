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
  readonly #createUnpacker: () => Unpacker;
  readonly #name: string;
  readonly #packed = Buffer.allocUnsafeSlow(PACKED_BYTES);
  #unpack: Unpacker;
  #closed: Promise<void>;
  #chunks: Buffer[] = [];
  /** Bytes that this unpacker was given. */
  #given = 0;
  #failure: NodeJS.ErrnoException | undefined;
  /** Undefined before anything is read. */
  #isStream: boolean | undefined;
  #isOver = false;

  constructor(file: FileHandle, createUnpacker: () => Unpacker, name: string) {
    this.#file = file;
    this.#createUnpacker = createUnpacker;
    this.#name = name;
    [this.#unpack, this.#closed] = this.#begin();
  }

  /** Known once all is read. */
  get end(): PackedEnd {
    if (this.#failure !== undefined) return CUT.has(this.#failure.code ?? '') ? 'cut' : 'spoilt';
    // What is no stream after the last one is passed over without an error.
    return this.#unpack.bytesWritten < this.#given ? 'spoilt' : 'whole';
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

  #begin(): [Unpacker, Promise<void>] {
    const unpack = this.#createUnpacker();
    // Listening for data takes it as it comes, so that what came before a fault is not lost with the stream.
    unpack.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    unpack.on('error', (error: Error) => {
      this.#failure ??= error;
    });
    return [unpack, new Promise((resolve) => unpack.once('close', resolve))];
  }

  async #more(): Promise<void> {
    const { bytesRead } = await this.#file.read(this.#packed, 0, PACKED_BYTES, null);
    const bytes = this.#packed.subarray(0, bytesRead);
    this.#isStream ??= beginsStream(bytes);
    if (bytesRead > 0) await this.#give(bytes);
    else await this.#end();
    this.#isOver = bytesRead === 0 || this.#failure !== undefined;
    if (this.#failure !== undefined && !this.#isStream) {
      throw new AppError('usage', `${this.#name} is not compressed as its name says`, {
        cause: this.#failure,
      });
    }
  }

  async #give(bytes: Buffer): Promise<void> {
    this.#given += bytes.length;
    const taken = new Promise<void>((resolve) => this.#unpack.write(bytes, () => resolve()));
    // A stream that fails does not call back for what it was at.
    await Promise.race([taken, this.#closed]);
    const left = this.#given - this.#unpack.bytesWritten;
    const rest = bytes.subarray(bytes.length - left);
    // Gunzip goes on with the next stream by itself; what Node.js has for zstd takes one, unless the next is given apart.
    if (this.#failure !== undefined || left === 0 || left > bytes.length || !beginsStream(rest)) return;
    await this.#end();
    [this.#unpack, this.#closed] = this.#begin();
    this.#given = 0;
    await this.#give(rest);
  }

  async #end(): Promise<void> {
    this.#unpack.end();
    await this.#closed;
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
