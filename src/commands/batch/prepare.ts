import { randomBytes } from 'node:crypto';
import { buildTask } from '../../batch/build-task.ts';
import type { Results } from '../../batch/open-results.ts';
import type { Reuse } from '../../batch/open-reuse.ts';
import { AppError } from '../../core/errors.ts';
import { failureRule } from '../../core/failures.ts';
import type { InputRecord, InputRow, Source } from '../../core/record.ts';
import { nameOf } from '../../journal/compare-settings.ts';
import { identifiedSource } from '../../journal/identified-source.ts';
import { type BatchState, newBatchFolder, writeBatchState } from '../../lanes/batch-state.ts';
import { JobWriter } from '../../lanes/job-writer.ts';
import type { Preview } from '../../provider/preview.ts';
import { openPreview } from '../../provider/preview.ts';
import type { BatchWork, OpenBatch } from './open-batch.ts';
import { planRecord } from './plan-record.ts';
import { type Flags, flagsToRemember } from './remembered-flags.ts';

export interface PrepareRooms extends BatchWork {
  readonly batch: OpenBatch;
  readonly source: Source;
  readonly results: Results;
  readonly reuse: Reuse;
  readonly flags: Flags;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** What was prepared. */
export interface Prepared {
  /** Missing where nothing is left to ask. */
  readonly state?: BatchState;
  /** Records that have an error row now: there is nothing to ask about them. */
  readonly broken: number;
}

const UNSENT = { attempts: 0, latencyMs: 0, usage: {} };

/**
 * Writes the requests of all records that are not done, and what is needed to make rows of their answers, into files
 * beside the output. The state comes last: without it nothing was submitted.
 */
export async function prepareBatch(rooms: PrepareRooms): Promise<Prepared> {
  const { batch, work, signal, flags, cwd } = rooms;
  const { files, lane, own, endpoint } = batch;
  await newBatchFolder(files);
  const job = randomBytes(6).toString('base64url').replace(/\W|_/g, '0');
  const limits = {
    requests: Math.min(own.partRequests ?? lane.limits.requests, lane.limits.requests),
    bytes: Math.min(own.partBytes ?? lane.limits.bytes, lane.limits.bytes),
  };
  const writer = await JobWriter.create({ files, lane, limits, job });
  const { count, parts } = await written(rooms, writer);
  signal.throwIfAborted();
  const { broken } = count;
  if (count.asked + writer.online === 0) return { broken };
  const state: BatchState = {
    ...{ gistmill: 'batch', version: 1, lane: lane.name, job, parts, cwd },
    endpoint: shown(endpoint.baseUrl ?? ''),
    ...{ model: endpoint.model, ownModels: batch.options.ownModels === true },
    madeBy: nameOf(work.rows.settings),
    submitted: new Date().toISOString(),
    ...{ flags: flagsToRemember(flags), isCancelled: false, online: writer.online },
  };
  await writeBatchState(files, state);
  return { state, broken };
}

async function written(rooms: PrepareRooms, writer: JobWriter) {
  try {
    const count = await writeRecords(rooms, writer);
    return { count, parts: await writer.end() };
  } finally {
    await writer.abandon();
  }
}

async function writeRecords(
  rooms: PrepareRooms,
  writer: JobWriter,
): Promise<{ asked: number; broken: number }> {
  const { results, source, work, batch, signal } = rooms;
  const { options, endpoint, env } = batch;
  const preview = await openPreview({ ...options, ...endpoint, env, stream: false });
  const task = buildTask(work.rooms, options, 1);
  const count = { asked: 0, broken: 0 };
  let last: number | undefined;
  const whole = identifiedSource(source, work.rows.usedFields);
  const undone = results.source(
    noting(whole, async (row) => {
      if (row.ok && row.record.index !== last) await writer.done(row.record);
    }),
    () => {},
  );
  const fail = async (row: InputRow, error: AppError): Promise<void> => {
    count.broken += 1;
    await writer.fail(row);
    await results.sink.write({ ok: false, record: row.ok ? row.record : row.broken, error, effort: UNSENT });
  };
  for await (const row of undone.rows(signal)) {
    if (!row.ok) {
      await fail(row, row.broken.error);
      continue;
    }
    const { record } = row;
    last = record.index;
    try {
      if (await writeRecord(rooms, { writer, preview, task }, record)) count.asked += 1;
    } catch (error) {
      if (!(error instanceof AppError) || failureRule(error.code).scope === 'run') throw error;
      await fail(row, error);
    }
  }
  return count;
}

interface Writing {
  readonly writer: JobWriter;
  readonly preview: Preview;
  readonly task: ReturnType<typeof buildTask>;
}

/** Whether the record is asked about in the batch. */
async function writeRecord(
  { reuse, batch }: PrepareRooms,
  { writer, preview, task }: Writing,
  record: InputRecord,
): Promise<boolean> {
  const plan = await planRecord(task, record);
  const key = plan.kind === 'request' ? reuse.keyOf(plan.request) : '';
  const written =
    plan.kind === 'request' && reuse.store?.get(key) === undefined ? await preview(plan.request) : undefined;
  if (written === undefined) {
    await writer.leave(record);
    return false;
  }
  await writer.add(record, written.body, batch.options.dedupe ? key : undefined);
  return true;
}

/** The same rows; each is told of once the one after it is asked for, or there is none. */
function noting(inner: Source, note: (row: InputRow) => Promise<void>): Source {
  async function* rows(signal: AbortSignal): AsyncGenerator<InputRow> {
    for await (const row of inner.rows(signal)) {
      yield row;
      await note(row);
    }
  }
  return { ...inner, bytesRead: () => inner.bytesRead(), rows };
}

/** Without what may be secret. */
function shown(url: string): string {
  if (!URL.canParse(url)) return '';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
