import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RunOptions } from '../config/run-options.ts';
import { AppError } from '../core/errors.ts';
import { createPrompt, type DescribedPrompt } from '../prompt/create-prompt.ts';

/** The prompt that the options describe. Rejects with `usage` for what is wrong with it, or a file that cannot be read. */
export async function openPrompt(options: RunOptions, model: string, cwd: string): Promise<DescribedPrompt> {
  const prompt = options.promptFile === undefined ? options.prompt : await read(options.promptFile, cwd);
  return createPrompt({ ...options, prompt, model, cwd, params: options.param ?? {} });
}

async function read(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AppError('usage', `--prompt-file: ${file} cannot be read (${code})`, { cause: error });
  }
}
