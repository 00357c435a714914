import { type Billing, openBilling } from '../../batch/billing.ts';
import { openDataAnswers } from '../../batch/open-answers.ts';
import { canGoOn } from '../../batch/open-results.ts';
import { openWork, type Work } from '../../batch/open-work.ts';
import { wireOf } from '../../catalog/find-provider.ts';
import type { BatchOptions } from '../../config/batch-options.ts';
import { loadBatchOptions } from '../../config/load-config.ts';
import { type Endpoint, resolveEndpoint } from '../../config/resolve-endpoint.ts';
import type { RunOptions } from '../../config/run-options.ts';
import { systemClock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { BatchJob } from '../../lanes/batch-job.ts';
import { type BatchFiles, type BatchState, batchFiles, readBatchState } from '../../lanes/batch-state.ts';
import type { Lane } from '../../lanes/lane.ts';
import { openLane } from '../../lanes/open-lane.ts';
import { realPath } from '../../output/real-location.ts';
import type { Io } from '../io.ts';
import { openPrompt } from '../open-prompt.ts';
import type { OwnModels } from '../own-models.ts';
import { type Flags, flagsFrom } from './remembered-flags.ts';

/** What all actions on a batch need. */
export interface OpenBatch {
  readonly options: RunOptions & OwnModels & { readonly output: string };
  readonly own: BatchOptions;
  readonly env: Io['env'];
  readonly endpoint: Endpoint;
  /** The output behind all symbolic links. */
  readonly path: string;
  readonly files: BatchFiles;
  readonly lane: Lane;
}

/** What making requests and rows needs besides. */
export interface BatchWork {
  readonly work: Work;
  readonly billing: Billing;
}

/** `modelsOf`: which models are asked. Throws `usage` for what cannot be. The caller closes the lane. */
export async function openBatch(
  flags: Flags,
  io: Io,
  modelsOf: (options: RunOptions) => (RunOptions & OwnModels) | Promise<RunOptions & OwnModels>,
): Promise<OpenBatch> {
  const { options: given, env, own } = await loadBatchOptions({ flags, env: io.env, cwd: io.cwd });
  const options = await modelsOf(given);
  const { output, state, format } = options;
  if (output === undefined || output === '-' || state !== undefined || !canGoOn(format)) {
    throw new AppError('usage', 'a batch needs a file for its results, in JSON lines or CSV', {
      hint: 'such as gistmill batch submit in.jsonl -m NAME -o out.jsonl',
    });
  }
  if (options.endpoint !== undefined || options.fallbackModel !== undefined) {
    throw new AppError(
      'usage',
      'a batch goes to one endpoint: --endpoint and --fallback-model are for runs',
      {
        hint: 'name it with --model and --base-url',
      },
    );
  }
  const endpoint = resolveEndpoint(options, env, io.cwd);
  const path = await realPath(output);
  return {
    ...{ options: { ...options, output }, own, env, endpoint, path, files: batchFiles(path) },
    lane: await openLane(wireOf(endpoint.provider), endpoint.provider, { ...endpoint, env }),
  };
}

/** The same for a batch that was submitted: with the flags that it was submitted with, unless they are given anew. */
export async function openSubmitted(
  named: string | undefined,
  flags: Flags,
  io: Io,
): Promise<OpenBatch & { readonly state: BatchState }> {
  const output = named ?? (typeof flags.output === 'string' ? flags.output : undefined);
  if (output === undefined) {
    throw new AppError('usage', 'of which output? Name the one that the batch was submitted for', {
      hint: 'such as gistmill batch status out.jsonl',
    });
  }
  const state = await readBatchState(batchFiles(await realPath(output)));
  if (state === undefined) {
    throw new AppError('usage', `${output}: no batch is under way for it`, {
      hint: 'the results of one that was fetched are in the file itself',
    });
  }
  const all = { ...flagsFrom(state.flags, state.cwd, io.cwd), ...flags, output };
  const batch = await openBatch(all, io, (options) =>
    state.ownModels && options.model === undefined
      ? { ...options, model: state.model, ownModels: true }
      : options,
  );
  return { ...batch, state };
}

export async function openBatchWork({ options, endpoint }: OpenBatch, io: Io): Promise<BatchWork> {
  const billing = await openBilling(options, endpoint);
  const prompt = await openPrompt(options, endpoint.model, io.cwd, endpoint.provider);
  const data = options.schema === undefined ? undefined : await openDataAnswers(options.schema);
  return { billing, work: await openWork(options, endpoint, prompt, data) };
}

export function jobOf({ files, lane, own }: OpenBatch, state: BatchState, signal: AbortSignal): BatchJob {
  return new BatchJob(state, { files, lane, signal, clock: systemClock, pollMs: own.poll });
}
