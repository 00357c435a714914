import type { Tinypool } from 'tinypool';
import { AppError } from '../core/errors.ts';
import type { SizedTask, TextTask } from './text-worker.ts';

/** Tasks that the thread has at once. It works at one long text at a time, and at short ones between. */
const TASKS = 4096;

/**
 * The one thread in which texts are counted and cut: it loads the encoding (130 ms, 70 MB), which would hold up the
 * event loop, and starts with the first task. It does not keep an idle process alive.
 */
export class TextThread {
  readonly #workerUrl: URL;
  #pool: Tinypool | undefined;
  #started: Promise<Tinypool> | undefined;
  #isClosed = false;

  constructor(workerUrl: URL) {
    this.#workerUrl = workerUrl;
  }

  /** Runs a function of the worker. Rejects with `internal` when it fails, with `interrupted` after `close`. */
  async run<T>(name: 'count' | 'chunk' | 'head', task: TextTask | SizedTask): Promise<T> {
    if (this.#isClosed) throw closedError();
    this.#started ??= this.#start();
    return this.#call(await this.#started, name, task);
  }

  /** Ends the thread at once; what is under way rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.destroy();
  }

  async #start(): Promise<Tinypool> {
    const { Tinypool } = await import('tinypool');
    // A pool that is made or given a task after it was ended would start a thread again.
    if (this.#isClosed) throw closedError();
    const pool = new Tinypool({
      filename: this.#workerUrl.href,
      minThreads: 1,
      maxThreads: 1,
      concurrentTasksPerWorker: TASKS,
      // Flags of the parent, such as --input-type, would stop the thread from starting.
      execArgv: [],
    });
    this.#pool = pool;
    // What befalls a task rejects it; unheard, the death of an idle thread would end the process.
    pool.on('error', () => {});
    // Tasks that wait for a thread that cannot start would wait for ever, so one goes ahead of them.
    await this.#call(pool, 'start', undefined);
    return pool;
  }

  async #call<T>(pool: Tinypool, name: string, task: TextTask | undefined): Promise<T> {
    if (this.#isClosed) throw closedError();
    try {
      return await pool.run(task, { name });
    } catch (cause) {
      throw this.#isClosed ? closedError() : threadError(cause);
    }
  }
}

function closedError(): AppError {
  return new AppError('interrupted', 'Counting tokens was stopped.');
}

function threadError(cause: unknown): AppError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new AppError('internal', `Counting tokens failed: ${message}`, { cause });
}
