import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { wireOf } from '../catalog/find-provider.ts';
import type { RunOptions } from '../config/run-options.ts';
import { AppError } from '../core/errors.ts';
import { asSent } from '../prompt/as-sent.ts';
import { createPrompt, type DescribedPrompt } from '../prompt/create-prompt.ts';
import type { OwnModels } from './own-models.ts';

/**
 * The prompt that the options describe; `provider` is what will be asked. Rejects with `usage` for what is wrong with
 * it, or a file that cannot be read.
 */
export async function openPrompt(
  options: RunOptions & OwnModels,
  model: string,
  cwd: string,
  provider = 'openai',
): Promise<DescribedPrompt> {
  const written = options.promptFile === undefined ? options.prompt : await read(options.promptFile, cwd);
  const params = options.param ?? {};
  const prompt = await createPrompt({ ...options, prompt: written, model, cwd, params });
  if (options.inputFormat !== 'auto' && options.inputFormat !== 'openai-batch') return prompt;
  const wire = wireOf(provider);
  const { maxOutputTokens, temperature, ownModels = false } = options;
  return asSent(prompt, {
    ...{ model, params, maxOutputTokens, temperature, ownModels },
    isChat: wire === 'openai' || wire === 'azure',
  });
}

async function read(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AppError('usage', `--prompt-file: ${file} cannot be read (${code})`, { cause: error });
  }
}
