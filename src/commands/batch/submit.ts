import { openOutputs } from '../../batch/open-outputs.ts';
import { openReuse } from '../../batch/open-reuse.ts';
import { systemClock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { takeLock } from '../../journal/lock.ts';
import type { BatchJob } from '../../lanes/batch-job.ts';
import { type BatchState, readBatchState, removeBatch } from '../../lanes/batch-state.ts';
import { formatNumber } from '../../observe/format.ts';
import type { Io } from '../io.ts';
import { openSource } from '../open-source.ts';
import { keepOf } from '../run.ts';
import { refuseBrokenInput } from '../strict.ts';
import { jobOf, type OpenBatch, openBatchWork } from './open-batch.ts';
import { type Prepared, type PrepareRooms, prepareBatch } from './prepare.ts';
import { isOpen } from './refuse-open-batch.ts';
import type { Flags } from './remembered-flags.ts';
import { sendParts } from './send-parts.ts';
import { batchLine } from './told.ts';

export interface SubmitParts {
  readonly batch: OpenBatch;
  readonly inputs: readonly string[];
  readonly flags: Flags;
  readonly io: Io;
  readonly signal: AbortSignal;
}

/** The exit code of a submission, and whether there is a batch to wait for. */
export interface Submitted {
  readonly exitCode: number;
  readonly state: BatchState | undefined;
}

/** Submits what is not done yet; goes on with a submission that was cut off. Throws `batch_open` while one is under way. */
export async function submit(parts: SubmitParts): Promise<Submitted> {
  const { batch } = parts;
  const earlier = await readBatchState(batch.files);
  if (earlier !== undefined) return goOn(parts, earlier);
  if (batch.options.strict) await refuseBrokenInput(await openSource(parts.inputs, batch.options, parts.io));
  const { work, billing } = await openBatchWork(batch, parts.io);
  const reuse = await openReuse(batch.options, work.requests, batch.env);
  try {
    const results = await openOutputs({
      options: { ...batch.options, keep: keepOf(batch.options), inputs: parts.inputs },
      rowSettings: work.rows,
      ...{ stdout: parts.io.stdout, ownProcess: parts.io.ownProcess },
    });
    try {
      const prepared = await prepare(parts, { work, billing, reuse, results });
      const exitCode = prepared.broken > 0 ? EXIT.someFailed : EXIT.done;
      if (prepared.state === undefined) return await nothingToAsk(parts, exitCode);
      tell(parts, preparedText(prepared.state, prepared.broken));
      await sendNew(parts, jobOf(batch, prepared.state, parts.signal));
      return { exitCode, state: prepared.state };
    } finally {
      results.release();
    }
  } finally {
    reuse.close();
    await work.close();
  }
}

/** A submission that was cut off has parts that were not sent. */
async function goOn(parts: SubmitParts, state: BatchState): Promise<Submitted> {
  const { batch, io, signal } = parts;
  const job = jobOf(batch, state, signal);
  if (!job.hasUnsent || state.isCancelled) throw isOpen(batch.options.output, state);
  const lock = takeLock(batch.path, io.ownProcess, batch.options.output);
  try {
    tell(
      parts,
      'going on with a submission that was cut off; what is new in the input is left for the next one',
    );
    await send(parts, job);
    return { exitCode: EXIT.done, state };
  } finally {
    lock.release();
  }
}

async function send(parts: SubmitParts, job: BatchJob): Promise<void> {
  const { batch, signal } = parts;
  await sendParts(job, { clock: systemClock, pollMs: batch.own.poll, signal, onLook: () => {} });
  tell(parts, batchLine(job.state));
}

/** Reads the input, and brings the output into the shape in which a run would leave it. */
async function prepare(
  { batch, inputs, flags, io, signal }: SubmitParts,
  opened: Pick<PrepareRooms, 'work' | 'billing' | 'reuse' | 'results'>,
): Promise<Prepared> {
  const { results } = opened;
  try {
    const source = await openSource(inputs, batch.options, io);
    return await prepareBatch({ ...opened, batch, source, flags, signal, cwd: io.cwd });
  } finally {
    await results.sink.close();
    await results.finish(false);
  }
}

/** Sends a new batch. Where that cannot be at all, and nothing was sent, nothing is left of it. */
async function sendNew(parts: SubmitParts, job: BatchJob): Promise<void> {
  try {
    await send(parts, job);
  } catch (error) {
    if (job.isUntouched && !parts.signal.aborted) await removeBatch(parts.batch.files);
    throw error instanceof AppError && error.code === 'wrong_url' ? hasNoBatches(error) : error;
  }
}

function hasNoBatches(cause: AppError): AppError {
  return new AppError(cause.code, cause.message, {
    hint: 'not every endpoint that is compatible with OpenAI has its Batch API: /files and /batches',
    cause,
  });
}

async function nothingToAsk(parts: SubmitParts, exitCode: number): Promise<Submitted> {
  await removeBatch(parts.batch.files);
  tell(parts, 'nothing is left to ask: every record has its row');
  return { exitCode, state: undefined };
}

function preparedText({ parts, online }: BatchState, broken: number): string {
  const requests = parts.reduce((sum, part) => sum + part.requests, 0);
  return [
    `batch: ${formatNumber(requests)} requests in ${parts.length === 1 ? 'one part' : `${parts.length} parts`}`,
    ...(online > 0
      ? [
          `${formatNumber(online)} records are for the fetch to ask about online (long texts, or in the cache)`,
        ]
      : []),
    ...(broken > 0 ? [`${formatNumber(broken)} records are broken and have error rows`] : []),
  ].join('; ');
}

function tell({ batch, io }: SubmitParts, text: string): void {
  if (!batch.options.quiet) io.stderr.write(`${text}\n`);
}
