import { type Clock, sleep } from '../../core/clock.ts';
import { AppError, type ProviderError } from '../../core/errors.ts';
import { type BatchJob, LONGEST_WAIT_MS } from '../../lanes/batch-job.ts';

export interface WatchRooms {
  readonly clock: Clock;
  /** First wait between two looks, in ms. */
  readonly pollMs: number;
  readonly signal: AbortSignal;
  /** Is told of the batch whenever something has changed. */
  readonly onLook: (job: BatchJob, troubles: readonly ProviderError[]) => void;
}

const FIRST_WAIT_MS = 500;
const MOST_FAULTS = 6;
const GROWTH = 1.5;

/** Sends every part that nothing keeps back. Rejects with the fault that does not go away. */
export async function sendParts(job: BatchJob, { clock, pollMs, signal, onLook }: WatchRooms): Promise<void> {
  for (let faults = 0; ; ) {
    const troubles = await job.advance();
    onLook(job, troubles);
    if (!job.hasUnsent || job.state.isCancelled) return;
    const [trouble] = troubles;
    if (trouble !== undefined) faults += 1;
    if (trouble !== undefined && faults === MOST_FAULTS) throw goesOn(trouble);
    await sleep(clock, Math.min(pollMs, FIRST_WAIT_MS * 2 ** faults), signal);
  }
}

/** Looks again and again until nothing more will come. A provider that cannot be reached is tried until it can. */
export async function watchToEnd(
  job: BatchJob,
  { clock, pollMs, signal, onLook }: WatchRooms,
): Promise<void> {
  for (let waitMs = pollMs; ; waitMs = Math.min(waitMs * GROWTH, Math.max(pollMs, LONGEST_WAIT_MS))) {
    onLook(job, await job.advance());
    if (job.isOver) return;
    await sleep(clock, waitMs, signal);
  }
}

function goesOn(cause: ProviderError): AppError {
  return new AppError(cause.code, cause.message, {
    hint: 'what was sent is written down: the same command again goes on from here',
    cause,
  });
}
