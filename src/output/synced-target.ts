import fs from 'node:fs';
import { promisify } from 'node:util';
import type { Target } from './batch-writer.ts';
import type { OpenFile } from './file-target.ts';
import { outputError } from './output-error.ts';

const fdatasync = promisify(fs.fdatasync);

/** When what is written is forced to the disk. Only a power cut or a fall of the system makes a difference. */
export type Fsync = 'never' | 'interval' | 'each';

const INTERVAL_MS = 1000;

/** A file whose rows are forced to the disk: before their write comes back, or every second while there are any. */
export function syncedTarget(inner: Target, file: OpenFile, fsync: Fsync): Target {
  return fsync === 'never' ? inner : new SyncedTarget(inner, file, fsync);
}

class SyncedTarget implements Target {
  readonly #inner: Target;
  readonly #file: OpenFile;
  readonly #fsync: Exclude<Fsync, 'never'>;
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(inner: Target, file: OpenFile, fsync: Exclude<Fsync, 'never'>) {
    this.#inner = inner;
    this.#file = file;
    this.#fsync = fsync;
  }

  async write(lines: readonly string[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await this.#inner.write(lines);
    if (this.#fsync === 'each') await this.#sync();
    else this.#timer ??= setTimeout(() => this.#syncLater(), INTERVAL_MS);
  }

  async close(): Promise<void> {
    const isDue = this.#timer !== undefined;
    clearTimeout(this.#timer);
    await this.#syncing;
    try {
      if (this.#failure !== undefined) throw this.#failure;
      if (isDue) await this.#sync();
    } finally {
      await this.#inner.close();
    }
  }

  #syncLater(): void {
    this.#timer = undefined;
    this.#syncing = this.#sync().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  async #sync(): Promise<void> {
    await fdatasync(this.#file.fd).catch((cause: unknown) => {
      throw outputError(this.#file.name, cause);
    });
  }
}
