import fs from 'node:fs';
import { promisify } from 'node:util';
import type { Target } from './batch-writer.ts';
import { type Compression, type Compressor, createCompressor, flushKind } from './compression.ts';
import type { OpenFile } from './file-target.ts';
import { outputError } from './output-error.ts';

const write = promisify(fs.write);
const fstat = promisify(fs.fstat);
const ftruncate = promisify(fs.ftruncate);
const close = promisify(fs.close);

/**
 * Writes lines compressed, as one stream after what the file holds. What is given in one write is in the file when it resolves, and can be read
 * from there even if the stream never comes to its end. Throws `usage` where this Node.js cannot compress so.
 */
export function compressedTarget(file: OpenFile, compression: Compression): Target {
  return new CompressedTarget(file, createCompressor(compression, `--output ${file.name}`), compression);
}

class CompressedTarget implements Target {
  readonly #file: OpenFile;
  readonly #compressor: Compressor;
  readonly #flushKind: number;
  #chunks: Buffer[] = [];
  /** Without a row, a file that holds streams already needs no further one. */
  #isBegun = false;
  /** Where the file ends. */
  #end: number;
  #failure: unknown;

  constructor(file: OpenFile, compressor: Compressor, compression: Compression) {
    this.#file = file;
    this.#end = file.size;
    this.#compressor = compressor;
    this.#flushKind = flushKind(compression);
    // Drained whenever there is something, or the stream would wait for a reader.
    compressor.on('readable', () => this.#drain());
    compressor.on('error', (error) => {
      this.#failure ??= error;
    });
  }

  async write(lines: readonly string[]): Promise<void> {
    this.#isBegun = true;
    const compressor = this.#compressor;
    compressor.write(lines.join(''));
    await new Promise<void>((resolve) => compressor.flush(this.#flushKind, resolve));
    await this.#send();
  }

  async close(): Promise<void> {
    try {
      if (this.#failure === undefined && (this.#isBegun || this.#end === 0)) {
        const ended = new Promise<void>((resolve) => this.#compressor.once('end', resolve));
        this.#compressor.end();
        await ended;
        await this.#send();
      }
    } finally {
      this.#compressor.destroy();
      await close(this.#file.fd).catch((cause: unknown) => {
        throw outputError(this.#file.name, cause);
      });
    }
  }

  #drain(): void {
    for (let chunk = this.#compressor.read(); chunk !== null; chunk = this.#compressor.read()) {
      this.#chunks.push(chunk);
    }
  }

  async #send(): Promise<void> {
    this.#drain();
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    let sent = 0;
    try {
      if (this.#failure !== undefined) throw this.#failure;
      while (sent < bytes.length) {
        sent += (await write(this.#file.fd, bytes, sent, bytes.length - sent, null)).bytesWritten;
      }
    } catch (cause) {
      this.#failure = cause;
      await this.#cutTornEnd(sent).catch(() => {});
      throw outputError(this.#file.name, cause);
    }
    this.#end += sent;
  }

  /** Leaves what was in the file before, which ends with a whole line. A file that others have written to is left alone. */
  async #cutTornEnd(sent: number): Promise<void> {
    const stats = await fstat(this.#file.fd);
    if (stats.isFile() && stats.size === this.#end + sent) await ftruncate(this.#file.fd, this.#end);
  }
}
