import type { RunOptions } from '../config/run-options.ts';
import { peekBatchModel } from '../input/peek-batch-model.ts';

export interface OwnModels {
  /** Requests of a batch file ask the model that they name themselves. */
  readonly ownModels?: boolean;
}

/** The options with the model of a batch file's first request, where the input is one and no other model is named. */
export async function withOwnModels(
  options: RunOptions,
  inputs: readonly string[],
): Promise<RunOptions & OwnModels> {
  const { model, inputFormat, url, provider } = options;
  const [first] = inputs;
  const isBatchFile = inputFormat === 'auto' || inputFormat === 'openai-batch';
  if (model !== undefined || !isBatchFile || first === undefined || first === '-') return options;
  if (url !== undefined || provider === 'local' || provider === 'http') return options;
  const own = await peekBatchModel(first);
  return own === undefined ? options : { ...options, model: own, ownModels: true };
}
