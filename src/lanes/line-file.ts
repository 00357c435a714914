import { type FileHandle, open } from 'node:fs/promises';

/** So much is held back before it is written. */
const HELD_BYTES = 256 * 1024;

/** A new file that is written line by line. */
export class LineFile {
  readonly #file: FileHandle;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isClosed = false;
  /** Bytes of all lines so far. */
  size = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<LineFile> {
    return new LineFile(await open(path, 'w'));
  }

  async add(line: Buffer): Promise<void> {
    this.#held.push(line);
    this.#heldBytes += line.length;
    this.size += line.length;
    if (this.#heldBytes >= HELD_BYTES) await this.#flush();
  }

  /** All lines are on the disk then. Once is enough, twice is harmless. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.#flush();
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }

  async #flush(): Promise<void> {
    if (this.#held.length > 0) await this.#file.appendFile(Buffer.concat(this.#held));
    this.#held = [];
    this.#heldBytes = 0;
  }
}
