import type { FileHandle } from 'node:fs/promises';

const LF = 0x0a;
const BLOCK_BYTES = 64 * 1024;
/** Blocks that are held: enough that several runs of lines may be read in turns. 16 MB. */
const MOST_BLOCKS = 256;

/** Cuts single lines out of a file, in any order; quick where they lie close to some that were cut before. */
export class LineCutter {
  readonly #file: FileHandle;
  /** By number; the one used last is the last. */
  readonly #blocks = new Map<number, Buffer>();

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The line that begins at this offset, with a line end even if the file lacks it. */
  async cut(offset: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let number = Math.floor(offset / BLOCK_BYTES);
    let from = offset % BLOCK_BYTES;
    for (;;) {
      const block = this.#blocks.get(number) ?? (await this.#read(number));
      const to = block.indexOf(LF, from) + 1;
      if (to > 0 && parts.length === 0) return block.subarray(from, to);
      parts.push(block.subarray(from, to > 0 ? to : block.length));
      if (to > 0) return Buffer.concat(parts);
      if (block.length < BLOCK_BYTES) return Buffer.concat([...parts, Buffer.from([LF])]);
      number += 1;
      from = 0;
    }
  }

  async #read(number: number): Promise<Buffer> {
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    let held = 0;
    for (;;) {
      const at = number * BLOCK_BYTES + held;
      const { bytesRead } = await this.#file.read(block, held, BLOCK_BYTES - held, at);
      held += bytesRead;
      if (bytesRead === 0 || held === BLOCK_BYTES) break;
    }
    const read = block.subarray(0, held);
    const [oldest] = this.#blocks.keys();
    if (oldest !== undefined && this.#blocks.size === MOST_BLOCKS) this.#blocks.delete(oldest);
    this.#blocks.set(number, read);
    return read;
  }
}
