import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { AppError } from '../core/errors.ts';

/** Environment variables; an empty one counts as not set. */
export type Env = Readonly<Record<string, string | undefined>>;

export interface EnvFile {
  /** Its name, for messages. */
  readonly label: string;
  readonly values: Env;
}

/**
 * The variables in the named file, or in `.env` in `cwd` where there is one.
 * Throws a `usage` error when a named file is missing, or any cannot be read.
 */
export async function readEnvFile(named: string | undefined, cwd: string): Promise<EnvFile> {
  const label = named ?? '.env';
  try {
    const text = await readFile(resolve(cwd, label), 'utf8');
    return { label, values: parseEnv(text.replace(/^\uFEFF/, '')) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A folder called .env is a Python virtual environment, not a file of variables.
    if (named === undefined && (code === 'ENOENT' || code === 'EISDIR')) return { label, values: {} };
    throw new AppError('usage', `the environment file ${label} cannot be read (${code})`, { cause: error });
  }
}
