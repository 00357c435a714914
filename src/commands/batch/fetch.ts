import { openOutputs } from '../../batch/open-outputs.ts';
import type { Results } from '../../batch/open-results.ts';
import { openReuse } from '../../batch/open-reuse.ts';
import { systemClock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { type CostOf, formatUsd, roundUsd, UsdSum } from '../../core/money.ts';
import { FromBatch } from '../../engine/complete/from-batch.ts';
import { nameOf } from '../../journal/compare-settings.ts';
import { takeLock } from '../../journal/lock.ts';
import type { BatchJob } from '../../lanes/batch-job.ts';
import { isOver, removeBatch } from '../../lanes/batch-state.ts';
import { priceShare } from '../../lanes/price-share.ts';
import { openProvider } from '../../provider/open-provider.ts';
import type { Io } from '../io.ts';
import { keepOf, run } from '../run.ts';
import { Brought } from './brought.ts';
import { type BatchWork, type OpenBatch, openBatchWork } from './open-batch.ts';
import { type WatchRooms, watchToEnd } from './send-parts.ts';
import { batchLine } from './told.ts';

/** Takes one look at a batch, or looks until it is over, while no other run has the output. */
export async function look(
  batch: OpenBatch,
  job: BatchJob,
  io: Io,
  signal: AbortSignal,
  toEnd: boolean,
): Promise<void> {
  const { options, own, path } = batch;
  let last = '';
  const onLook: WatchRooms['onLook'] = (_job, troubles) => {
    const lines = [batchLine(job.state), ...troubles.map(({ message }) => `batch: ${message}; trying again`)];
    const text = lines.join('\n');
    if (text !== last && !options.quiet) io.stderr.write(`${text}\n`);
    last = text;
  };
  const lock = takeLock(path, io.ownProcess, options.output);
  try {
    if (toEnd) await watchToEnd(job, { clock: systemClock, pollMs: own.poll, signal, onLook });
    else onLook(job, await job.advance());
  } finally {
    lock.release();
  }
}

/**
 * Writes a row for every record of the parts that are over. Resolves to the exit code of a run; to that of a batch that
 * is under way where parts of it are.
 */
export async function writeRows(batch: OpenBatch, job: BatchJob, io: Io): Promise<number> {
  if (!job.state.parts.some(isOver)) return EXIT.locked;
  const opened = await openBatchWork(batch, io);
  refuseOtherSettings(batch, job, opened);
  const { options, env, endpoint } = batch;
  const { work } = opened;
  const reuse = await openReuse(options, work.requests, env);
  const provider = await openProvider({ ...options, ...endpoint, env });
  try {
    const results = await openOutputs({
      options: { ...options, keep: keepOf(options), fresh: false, inputs: [] },
      rowSettings: work.rows,
      ...{ stdout: io.stdout, ownProcess: io.ownProcess },
    });
    try {
      return await merge(batch, job, { ...opened, results, reuse, provider }, io);
    } finally {
      results.release();
    }
  } finally {
    reuse.close();
    await work.close();
    await provider.close();
  }
}

type Opened = BatchWork & Pick<Parameters<typeof run>[0], 'results' | 'reuse' | 'provider'>;

async function merge(batch: OpenBatch, job: BatchJob, opened: Opened, io: Io): Promise<number> {
  const { options, own, endpoint, env, files, lane } = batch;
  const { billing, work, results, reuse, provider } = opened;
  const brought = new Brought(files, job.state, lane);
  const bill = new BatchBill(billing.costOf, priceShare(endpoint.provider));
  let isWhole = false;
  const wrapped: Results = {
    ...results,
    source: (inner, emit) =>
      brought.asked(results.source(inner, emit), (index) => results.sink.skip?.(index)),
    finish: async (whole) => {
      await results.finish(whole === true && job.isOver);
      isWhole = whole === true;
    },
  };
  const rooms = { options, endpoint, billing, reuse, provider, source: brought.source, work: work.rooms };
  const exitCode = await run(
    {
      ...{ ...rooms, results: wrapped },
      fromBatch: ({ clock, emit }) =>
        new FromBatch({
          ...{ clock, emit, costOf: bill.costOf, take: (record) => brought.take(record) },
          ...{ online: own.fallback === 'online', onTruncated: options.onTruncated },
        }),
    },
    env,
    io,
  );
  if (!options.quiet && bill.text !== undefined) io.stderr.write(`${bill.text}\n`);
  if (!isWhole) return exitCode;
  if (!job.isOver) return EXIT.locked;
  await removeBatch(files);
  return exitCode;
}

/** Rows of other settings would be taken for stale by the next run, and done again. */
function refuseOtherSettings({ options }: OpenBatch, { state }: BatchJob, { work }: BatchWork): void {
  if (nameOf(work.rows.settings) === state.madeBy) return;
  const message = `${options.output}: its batch was submitted with other settings than these (${state.model} at ${state.endpoint})`;
  throw new AppError('settings_changed', message, {
    hint: 'give the options, variables and files of the submission; what it was given as flags is known already',
  });
}

/** What the answers of a batch cost, and what they would have cost online. */
class BatchBill {
  readonly costOf: CostOf | undefined;
  readonly #batch = new UsdSum();
  readonly #online = new UsdSum();

  constructor(online: CostOf | undefined, share: number) {
    if (online === undefined) return;
    this.costOf = (usage) => {
      const full = online(usage);
      if (full === undefined) return undefined;
      this.#online.add(full);
      this.#batch.add(full * share);
      return roundUsd(full * share);
    };
  }

  get text(): string | undefined {
    if (this.#online.usd === 0) return undefined;
    const saved = formatUsd(this.#online.usd - this.#batch.usd);
    return `batch: its answers cost ${formatUsd(this.#batch.usd)}, ${saved} less than online`;
  }
}
