import { existsSync } from 'node:fs';
import { AppError } from '../../core/errors.ts';
import type { BatchState } from '../../lanes/batch-state.ts';
import { realPath } from '../../output/real-location.ts';

/** Throws `batch_open` where a batch is under way for this output: a run would ask for its records once more. */
export async function refuseOpenBatch(output: string | undefined): Promise<void> {
  if (output === undefined || output === '-') return;
  const path = await realPath(output);
  // The code of batches is not loaded for a run that has none.
  if (!existsSync(`${path}.gistmill-batch`)) return;
  const { batchFiles, readBatchState } = await import('../../lanes/batch-state.ts');
  const state = await readBatchState(batchFiles(path));
  if (state !== undefined) throw isOpen(output, state);
}

export function isOpen(output: string, { submitted }: BatchState): AppError {
  return new AppError('batch_open', `${output}: a batch is under way for it, submitted ${submitted}`, {
    hint: `gistmill batch fetch ${output} brings its results; gistmill batch cancel ${output} stops it`,
  });
}
