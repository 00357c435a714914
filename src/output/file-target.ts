import fs from 'node:fs';
import { promisify } from 'node:util';
import type { Target } from './batch-writer.ts';
import { outputError } from './output-error.ts';

const write = promisify(fs.write);
const fstat = promisify(fs.fstat);
const ftruncate = promisify(fs.ftruncate);
const close = promisify(fs.close);

/** An open file that is written at its end. */
export interface OpenFile {
  readonly fd: number;
  /** As the user knows it, for messages. */
  readonly name: string;
  /** Bytes in it so far. */
  readonly size: number;
  /** Whether `close` closes the descriptor; not so for stdout. */
  readonly owned: boolean;
}

/** Appends lines to a file. When a write fails half way, the torn line is cut off again if possible. */
export class FileTarget implements Target {
  readonly #file: OpenFile;
  #end: number;

  constructor(file: OpenFile) {
    this.#file = file;
    this.#end = file.size;
  }

  async write(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.join(''), 'utf8');
    let sent = 0;
    try {
      while (sent < bytes.length) {
        sent += (await write(this.#file.fd, bytes, sent, bytes.length - sent, null)).bytesWritten;
      }
    } catch (cause) {
      await this.#cutTornLine(lines, sent).catch(() => {});
      throw outputError(this.#file.name, cause);
    }
    this.#end += sent;
  }

  async close(): Promise<void> {
    if (!this.#file.owned) return;
    await close(this.#file.fd).catch((cause: unknown) => {
      throw outputError(this.#file.name, cause);
    });
  }

  /** Keeps the whole lines among the bytes sent. A file that others have written to is left alone. */
  async #cutTornLine(lines: readonly string[], sent: number): Promise<void> {
    const whole = wholeLineBytes(lines, sent);
    if (whole === sent) return;
    const stats = await fstat(this.#file.fd);
    if (!stats.isFile() || stats.size !== this.#end + sent) return;
    await ftruncate(this.#file.fd, this.#end + whole);
  }
}

function wholeLineBytes(lines: readonly string[], sent: number): number {
  let bytes = 0;
  for (const line of lines) {
    const next = bytes + Buffer.byteLength(line);
    if (next > sent) break;
    bytes = next;
  }
  return bytes;
}
