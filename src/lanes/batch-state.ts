import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../core/errors.ts';

const text = z.string().optional();

/**
 * `ready`: not sent, or sent in vain; `creating`: about to be made, and nobody knows whether it was; `open`: being worked
 * at; `ended`: its results can be fetched; `fetched`: they are here; `refused`: nothing was worked at, nor will be;
 * `unsent`: cancelled before it was sent, or there was nothing to send.
 */
const partState = z.object({
  number: z.int(),
  requests: z.int(),
  bytes: z.int(),
  /** Where its records begin and end in the file of records, in bytes. */
  from: z.int(),
  to: z.int(),
  status: z.enum(['ready', 'creating', 'open', 'ended', 'fetched', 'refused', 'unsent']),
  /** How often it was about to be made. */
  tries: z.int(),
  /** ISO time of the last. */
  since: text,
  fileId: text,
  batchId: text,
  /** Batches that were made for it in vain, or that turned out to be others. */
  not: z.array(z.string()),
  /** It is not sent before this ISO time. */
  waitUntil: text,
  /** How often there was no room for it. */
  waits: z.int(),
  /** What its provider told of it last. */
  seen: z.object({ status: z.string(), total: z.int(), done: z.int(), failed: z.int() }).optional(),
  files: z.array(z.string()),
  /** Why it was refused, or waits. */
  message: text,
});

const batchState = z.object({
  gistmill: z.literal('batch'),
  version: z.literal(1),
  lane: z.enum(['openai', 'anthropic']),
  /** Tells the requests of this batch from those of all others. */
  job: z.string(),
  /** Without key, password and query. */
  endpoint: z.string(),
  model: z.string(),
  /** Requests of a batch file ask the model that they name themselves; `model` is that of the first. */
  ownModels: z.boolean(),
  /** Hash of the settings that its rows are made with. */
  madeBy: z.string(),
  submitted: z.string(),
  /** The command line that submitted it, without secrets. */
  flags: z.record(z.string(), z.unknown()),
  /** The folder in which that was. */
  cwd: z.string(),
  isCancelled: z.boolean(),
  /** Records that are worked at online when the results are fetched: long ones, and those that a cache knows. */
  online: z.int(),
  parts: z.array(partState),
});

export type PartState = z.infer<typeof partState>;
export type BatchState = z.infer<typeof batchState>;

/** The files of a batch, in a folder beside the output. */
export interface BatchFiles {
  readonly folder: string;
  readonly state: string;
  readonly records: string;
  requests(part: number): string;
  results(part: number): string;
}

/** `output`: behind all symbolic links. */
export function batchFiles(output: string): BatchFiles {
  const folder = `${output}.gistmill-batch`;
  return {
    folder,
    state: join(folder, 'state.json'),
    records: join(folder, 'records.jsonl'),
    requests: (part) => join(folder, `part-${part}.requests.jsonl`),
    results: (part) => join(folder, `part-${part}.results.jsonl`),
  };
}

/** Whether a batch was submitted for this output and not yet fetched to its end. */
function hasBatch({ state }: BatchFiles): boolean {
  return existsSync(state);
}

/** Undefined where there is none. Throws `usage` for a file that is none of ours. */
export async function readBatchState(files: BatchFiles): Promise<BatchState | undefined> {
  if (!hasBatch(files)) return undefined;
  const written = await readFile(files.state, 'utf8');
  try {
    return batchState.parse(JSON.parse(written));
  } catch (cause) {
    throw new AppError('usage', `${files.state}: this is no state of a batch that gistmill can read`, {
      cause,
    });
  }
}

/** In one step, so that it is whole at every moment. */
export async function writeBatchState(files: BatchFiles, state: BatchState): Promise<void> {
  const temporary = `${files.state}.tmp`;
  await writeFile(temporary, `${JSON.stringify(state, undefined, 2)}\n`, { flush: true });
  await rename(temporary, files.state);
}

/** An empty folder for a new batch; what one that never was submitted has left goes. */
export async function newBatchFolder(files: BatchFiles): Promise<void> {
  await removeBatch(files);
  await mkdir(files.folder, { recursive: true });
}

/** The state goes first: without it the rest is of no use to anybody. */
export async function removeBatch({ state, folder }: BatchFiles): Promise<void> {
  await rm(state, { force: true });
  await rm(folder, { recursive: true, force: true });
}

/** Whether nothing more will come of it. */
export function isOver({ status }: PartState): boolean {
  return status === 'fetched' || status === 'refused' || status === 'unsent';
}

export function newPart(part: Pick<PartState, 'number' | 'requests' | 'bytes' | 'from' | 'to'>): PartState {
  return { ...part, status: 'ready', tries: 0, not: [], waits: 0, files: [] };
}
