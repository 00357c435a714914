import { access, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { AppError } from '../core/errors.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';

export interface ConfigFile {
  /** Its name, for messages. */
  readonly label: string;
  readonly values: JsonObject;
}

const USUAL_NAMES = ['gistmill.config.json', 'gistmill.config.yaml', 'gistmill.config.yml'] as const;

/**
 * The configuration in the named file (JSON by its name, else YAML, which includes JSON), or in the one
 * `gistmill.config.*` in `cwd`; undefined where there is none.
 * Throws a `usage` error when it is missing, doubled, malformed or no object.
 */
export async function readConfigFile(
  named: string | undefined,
  cwd: string,
): Promise<ConfigFile | undefined> {
  const label = named ?? (await findUsual(cwd));
  if (label === undefined) return undefined;
  const text = await read(label, cwd);
  const values = await parse(label, text.replace(/^\uFEFF/, ''));
  if (values === null || values === undefined) return { label, values: {} };
  if (isJsonObject(values)) return { label, values };
  throw new AppError('usage', `${label}: holds no object of options; write e.g. {"concurrency": 8}`);
}

/** A path in a configuration file is meant from the file's own folder. */
export function besideConfig(label: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(label), path);
}

async function findUsual(cwd: string): Promise<string | undefined> {
  const found: string[] = [];
  for (const name of USUAL_NAMES) {
    const there = await access(resolve(cwd, name)).then(
      () => true,
      () => false,
    );
    if (there) found.push(name);
  }
  if (found.length < 2) return found[0];
  throw new AppError('usage', `there are ${found.join(' and ')}: which one counts?`, {
    hint: 'keep one of them, or name it with --config',
  });
}

async function read(label: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, label), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AppError('usage', `the configuration file ${label} cannot be read (${code})`, { cause: error });
  }
}

async function parse(label: string, text: string): Promise<unknown> {
  const json = label.endsWith('.json');
  try {
    if (json) return JSON.parse(text);
    const yaml = await import('yaml');
    return yaml.parse(text, { logLevel: 'error' });
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new AppError('usage', `${label} is not valid ${json ? 'JSON' : 'YAML'}: ${reason}`, {
      cause: error,
    });
  }
}
