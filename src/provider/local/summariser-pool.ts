import { availableParallelism } from 'node:os';
import PQueue from 'p-queue';
import type { Tinypool } from 'tinypool';
import { ProviderError } from '../../core/errors.ts';
import type { Summary } from './fit-sentences.ts';
import type { SummariseTask } from './summarise-worker.ts';

export interface SummariserPoolOptions {
  /** Worker threads; by default one fewer than the processors, but 2 where there are 2, and never more than 8. */
  readonly threads?: number;
  /** Bundled module of the threads; by default the file beside this one in the built package. */
  readonly workerUrl?: URL;
}

export interface SummariserPool {
  /** The summary alone. Never empty for a text that is not blank. */
  summarise(text: string, signal?: AbortSignal): Promise<string>;
  /**
   * Rejects with the signal's reason when it aborts, else with a `ProviderError`: `unexpected_answer` when the thread
   * fails at this text, `internal` when it cannot start, `interrupted` after `close`.
   */
  run(task: SummariseTask, signal?: AbortSignal): Promise<Summary>;
  /** Ends the threads; whatever still waits rejects. */
  close(): Promise<void>;
}

/** Tasks handed to a thread at once: while it works on one, the next already waits in its mailbox. */
const TASKS_PER_THREAD = 2;

/** Summarises in worker threads, which start with the first task and do not keep an idle process alive. */
export function createSummariserPool(options: SummariserPoolOptions = {}): SummariserPool {
  const threads = options.threads ?? defaultThreads(availableParallelism());
  const workerUrl = options.workerUrl ?? new URL('./summarise-worker.js', import.meta.url);
  // The queue is here and not in the pool: tinypool ends a thread to abort its task, and with it the thread's others.
  const queue = new PQueue({ concurrency: threads * TASKS_PER_THREAD });
  let pool: Promise<Tinypool> | undefined;
  let isClosed = false;

  const runNow = async (task: SummariseTask): Promise<Summary> => {
    if (isClosed) throw closedError();
    pool ??= startThreads(workerUrl, threads);
    const started = await pool;
    try {
      return await started.run(task);
    } catch (cause) {
      throw isClosed ? closedError() : threadError('unexpected_answer', cause);
    }
  };
  const run: SummariserPool['run'] = (task, signal) =>
    queue.add(() => runNow(task), signal === undefined ? {} : { signal });

  return {
    run,
    summarise: async (text, signal) => (await run({ text }, signal)).text,
    close: async () => {
      isClosed = true;
      const started = await pool?.catch(() => undefined);
      await started?.destroy();
    },
  };
}

/**
 * One processor is left to the reading and writing, but of two the second thread still brings 1.5 times the texts a
 * second (measured). Eight threads (20,000 texts of 2 KB a second) outrun what one process reads and writes.
 */
function defaultThreads(processors: number): number {
  return Math.min(8, Math.max(Math.min(2, processors), processors - 1));
}

async function startThreads(workerUrl: URL, threads: number): Promise<Tinypool> {
  const { Tinypool } = await import('tinypool');
  const pool = new Tinypool({
    filename: workerUrl.href,
    // All or none: tinypool does not replace a thread that died while others' tasks wait for it.
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: TASKS_PER_THREAD,
    // Flags of the parent, such as --input-type, would stop a thread from starting.
    execArgv: [],
  });
  // What befalls a task rejects it; unheard, the death of an idle thread would end the process.
  pool.on('error', () => {});
  try {
    // Tasks that wait for threads that cannot start would wait for ever, so one goes ahead of them.
    await pool.run({ text: '' } satisfies SummariseTask);
    return pool;
  } catch (cause) {
    await pool.destroy();
    throw threadError('internal', cause);
  }
}

function closedError(): ProviderError {
  return new ProviderError('interrupted', 'The summariser was closed.');
}

function threadError(code: 'internal' | 'unexpected_answer', cause: unknown): ProviderError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new ProviderError(code, `The built-in summariser failed: ${message}`, { cause });
}
