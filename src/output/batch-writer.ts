import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../core/errors.ts';
import { type Deferred, deferred } from './deferred.ts';

/** Where whole lines go. Called by a `BatchWriter` only, one call at a time. Rejects with an `AppError`. */
export interface Target {
  write(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

interface Batch {
  readonly lines: string[];
  chars: number;
  readonly done: Deferred;
}

/** Bounds one write, and so the copy that is made for it; beyond it larger writes gain nothing. */
const BATCH_CHARS = 1024 * 1024;

/**
 * Writes lines in the order given. Lines that come in the same turn of the event loop, or while a
 * write is under way, go out together. After a failure nothing is written any more: every write
 * that waits, every later one and `close` reject with that first error.
 */
export class BatchWriter {
  readonly #target: Target;
  readonly #batches: Batch[] = [];
  #draining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #failure: unknown;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Resolves when the line has been handed to the operating system. */
  write(line: string): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#closing !== undefined) {
      return Promise.reject(new AppError('internal', 'a row came after the output was closed'));
    }
    const batch = this.#openBatch();
    batch.lines.push(line);
    batch.chars += line.length;
    this.#draining ??= nextTurn().then(() => this.#drain());
    return batch.done.promise;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  #openBatch(): Batch {
    const last = this.#batches.at(-1);
    if (last !== undefined && last.chars < BATCH_CHARS) return last;
    const batch: Batch = { lines: [], chars: 0, done: deferred() };
    this.#batches.push(batch);
    return batch;
  }

  async #drain(): Promise<void> {
    for (let batch = this.#batches.shift(); batch !== undefined; batch = this.#batches.shift()) {
      try {
        await this.#target.write(batch.lines);
        batch.done.resolve();
      } catch (error) {
        this.#failure = error;
        for (const lost of [batch, ...this.#batches.splice(0)]) lost.done.reject(error);
      }
    }
    this.#draining = undefined;
  }

  async #end(): Promise<void> {
    await this.#draining;
    try {
      await this.#target.close();
    } catch (error) {
      this.#failure ??= error;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }
}
