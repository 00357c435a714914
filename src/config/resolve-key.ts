import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../core/errors.ts';
import type { Env } from './env-file.ts';
import type { RunOptions } from './run-options.ts';

type KeyOptions = Pick<RunOptions, 'apiKeyFile' | 'apiKeyEnv'>;

/** A key, and the option or variable that it comes from. */
export interface FoundKey {
  readonly key: string;
  readonly from: string;
}

/**
 * The key for an endpoint: `--api-key-file`, else `--api-key-env`, else `GISTMILL_API_KEY`, else the first that is set
 * of the provider's own `variables`. Undefined where none is configured. No message holds any of it.
 * Throws `missing_key` for a named file or variable without a key, `usage` for what cannot be a key.
 */
export function findKey(
  options: KeyOptions,
  env: Env,
  cwd: string,
  variables: readonly string[],
): FoundKey | undefined {
  const { apiKeyFile, apiKeyEnv } = options;
  if (apiKeyFile !== undefined) {
    return { key: fromFile(apiKeyFile, cwd), from: `--api-key-file ${apiKeyFile}` };
  }
  if (apiKeyEnv !== undefined) return { key: fromNamedVariable(apiKeyEnv, env), from: apiKeyEnv };
  for (const name of ['GISTMILL_API_KEY', ...variables]) {
    const key = checked(env[name], name);
    if (key !== undefined) return { key, from: name };
  }
  return undefined;
}

function fromFile(file: string, cwd: string): string {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AppError('missing_key', `--api-key-file: ${file} cannot be read (${code})`, { cause: error });
  }
  const key = checked(text.replace(/^\uFEFF/, ''), `--api-key-file ${file}`);
  if (key === undefined) throw new AppError('missing_key', `--api-key-file: ${file} is empty`);
  return key;
}

/** Catches a key given where the name of its variable belongs, before it can reach a log. */
export function checkKeyVariable(name: string | undefined): void {
  if (name === undefined || /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return;
  throw new AppError('usage', '--api-key-env takes the name of a variable, not the key itself', {
    hint: 'write e.g. --api-key-env MY_API_KEY',
  });
}

function fromNamedVariable(name: string, env: Env): string {
  const key = checked(env[name], name);
  if (key === undefined) {
    throw new AppError('missing_key', `--api-key-env: no variable of that name holds a key`, {
      hint: 'set the variable, or write the key into a file and name it with --api-key-file',
    });
  }
  return key;
}

/** Trimmed; undefined where blank. A key travels in a header, so it is visible ASCII without blanks. */
function checked(text: string | undefined, source: string): string | undefined {
  const key = text?.trim();
  if (!key) return undefined;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new AppError(
    'usage',
    `${source}: what stands there is no key: it holds blanks, line breaks or non-ASCII`,
  );
}
