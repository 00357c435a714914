import { systemClock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { takeLock } from '../journal/lock.ts';
import { type BatchState, readBatchState, removeBatch } from '../lanes/batch-state.ts';
import { look, writeRows } from './batch/fetch.ts';
import { interruptible } from './batch/interruptible.ts';
import { jobOf, openBatch, openSubmitted } from './batch/open-batch.ts';
import type { Flags } from './batch/remembered-flags.ts';
import { submit } from './batch/submit.ts';
import { batchLine, partLines, progressOf } from './batch/told.ts';
import type { Io } from './io.ts';
import { withOwnModels } from './own-models.ts';

export const BATCH_ACTIONS = ['submit', 'status', 'fetch', 'run', 'cancel'] as const;

export type BatchAction = (typeof BATCH_ACTIONS)[number];

const GOES_ON = 'nothing is lost: the batch goes on, and the same command again goes on from here';

/** `gistmill batch`: `names` are the inputs of `submit` and `run`, else the output. Resolves to the exit code. */
export async function batchCommand(
  action: BatchAction,
  names: readonly string[],
  flags: Flags,
  io: Io,
): Promise<number> {
  switch (action) {
    case 'submit':
    case 'run':
      return submitCommand(action === 'run', names, flags, io);
    case 'status':
      return statusCommand(only(names), flags, io);
    case 'fetch':
      return fetchCommand(only(names), flags, io);
    case 'cancel':
      return cancelCommand(only(names), flags, io);
  }
}

function only(names: readonly string[]): string | undefined {
  if (names.length > 1) throw new AppError('usage', 'more than one output is named');
  return names[0];
}

async function submitCommand(
  waits: boolean,
  inputs: readonly string[],
  flags: Flags,
  io: Io,
): Promise<number> {
  const batch = await openBatch(flags, io, (options) => withOwnModels(options, inputs));
  try {
    return await interruptible(io, GOES_ON, async (signal) => {
      const begun = waits ? await readBatchState(batch.files) : undefined;
      if (begun !== undefined && !batch.options.quiet)
        io.stderr.write(`batch: going on with that of ${begun.submitted}\n`);
      const submitted =
        begun === undefined
          ? await submit({ batch, inputs, flags, io, signal })
          : { exitCode: EXIT.done, state: begun };
      if (!waits || submitted.state === undefined) return submitted.exitCode;
      const job = jobOf(batch, submitted.state, signal);
      await look(batch, job, io, signal, true);
      return Math.max(submitted.exitCode, await writeRows(batch, job, io));
    });
  } finally {
    await batch.lane.close();
  }
}

async function fetchCommand(output: string | undefined, flags: Flags, io: Io): Promise<number> {
  const batch = await openSubmitted(output, flags, io);
  try {
    return await interruptible(io, GOES_ON, async (signal) => {
      const job = jobOf(batch, batch.state, signal);
      await look(batch, job, io, signal, false);
      return await writeRows(batch, job, io);
    });
  } finally {
    await batch.lane.close();
  }
}

/** Only looks: what was seen is not written down, so that a run may be at work meanwhile. */
async function statusCommand(output: string | undefined, flags: Flags, io: Io): Promise<number> {
  const { state, lane, own } = await openSubmitted(output, flags, io);
  try {
    return await interruptible(io, GOES_ON, async (signal) => {
      for (const part of state.parts) {
        if (part.status !== 'open' || part.batchId === undefined) continue;
        const { status, counts, state: now } = await lane.look(part.batchId, signal);
        const { total = part.requests, done = 0, failed = 0 } = counts ?? {};
        part.seen = { status, total, done, failed };
        if (now !== 'open') part.status = 'ended';
      }
      io.stdout.write(own.json ? `${JSON.stringify(statusJson(state))}\n` : statusText(state));
      const isReady = state.parts.every(({ status }) => !['open', 'creating', 'ready'].includes(status));
      return isReady ? EXIT.done : EXIT.locked;
    });
  } finally {
    await lane.close();
  }
}

function statusText(state: BatchState): string {
  const { lane, endpoint, model, submitted, isCancelled } = state;
  const head = `${batchLine(state)}\n${lane} batch of ${model} at ${endpoint}, submitted ${submitted}${isCancelled ? ', cancelled' : ''}`;
  return `${[head, ...partLines(state, systemClock.epochMs())].join('\n')}\n`;
}

function statusJson(state: BatchState): object {
  const { lane, endpoint, model, submitted, isCancelled, online, parts } = state;
  return {
    ...{ lane, endpoint, model, submitted, cancelled: isCancelled, online, requests: progressOf(state) },
    parts: parts.map(({ number, requests, bytes, status, seen, batchId, waitUntil, message }) => ({
      ...{
        number,
        requests,
        bytes,
        status,
        provider: seen,
        batch_id: batchId,
        wait_until: waitUntil,
        message,
      },
    })),
  };
}

async function cancelCommand(output: string | undefined, flags: Flags, io: Io): Promise<number> {
  const batch = await openSubmitted(output, flags, io);
  try {
    return await interruptible(io, GOES_ON, async (signal) => {
      const lock = takeLock(batch.path, io.ownProcess, batch.options.output);
      try {
        const job = jobOf(batch, batch.state, signal);
        await job.cancel();
        const { output, quiet } = batch.options;
        if (job.isUntouched) await removeBatch(batch.files);
        const rest = job.isUntouched
          ? 'nothing of it was sent'
          : `what was answered until now comes with gistmill batch fetch ${output}`;
        if (!quiet) io.stderr.write(`batch: cancelled; ${rest}\n`);
        return EXIT.done;
      } finally {
        lock.release();
      }
    });
  } finally {
    await batch.lane.close();
  }
}
