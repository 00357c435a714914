import { AppError } from '../core/errors.ts';
import type { Env } from './env-file.ts';
import { ESTIMATE_OPTIONS } from './estimate-options.ts';
import { MOCK_OPTIONS } from './mock-options.ts';
import { nearestName } from './nearest-name.ts';
import { ESTIMATE_PREFIX, MOCK_PREFIX, OTHER_VARIABLES, RUN_PREFIX, variableName } from './option-names.ts';
import type { OptionSpec } from './option-spec.ts';
import { RUN_OPTIONS } from './run-options.ts';

/** Options that say where the configuration comes from, so that the file itself cannot hold them. */
const NOT_IN_FILE = new Set(['config', 'envFile']);

const SECRET = /key|token|secret/i;

/**
 * A misspelt `GISTMILL_*` variable is an error, not silence. Names that end in `_KEY` are left alone: they
 * hold keys, for `--api-key-env`. `file` names the file that the variables stand in.
 */
export function checkVariables(env: Env, file?: string): void {
  const known = new Set<string>([
    ...OTHER_VARIABLES.map(([name]) => name),
    ...RUN_OPTIONS.map(({ key }) => variableName(key, RUN_PREFIX)),
    ...MOCK_OPTIONS.map(({ key }) => variableName(key, MOCK_PREFIX)),
    ...ESTIMATE_OPTIONS.map(({ key }) => variableName(key, ESTIMATE_PREFIX)),
  ]);
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(RUN_PREFIX) || name.endsWith('_KEY') || known.has(name) || !value) continue;
    const near = nearestName(name, known);
    const where = file === undefined ? '' : ` in ${file}`;
    throw new AppError('usage', `unknown variable ${name}${where}${didYouMean(near)}`, {
      hint: 'docs/options.md and .env.example list all variables',
    });
  }
}

/** Throws a `usage` error for a key that is no option. Values are never quoted: one may be a secret. */
export function checkConfigKeys(
  { label, values }: { readonly label: string; readonly values: Readonly<Record<string, unknown>> },
  specs: readonly OptionSpec[],
): void {
  const known = new Set(
    specs.map(({ key, fileKey = key }) => fileKey).filter((key) => !NOT_IN_FILE.has(key)),
  );
  for (const key of Object.keys(values)) {
    if (known.has(key)) continue;
    if (NOT_IN_FILE.has(key)) {
      throw new AppError('usage', `${label}: ${key} cannot be set in a configuration file`);
    }
    const near = nearestName(key, known);
    throw new AppError('usage', `${label}: unknown option ${JSON.stringify(key)}${didYouMean(near)}`, {
      hint: SECRET.test(key)
        ? 'a key never stands in the configuration itself: use apiKeyFile or apiKeyEnv'
        : undefined,
    });
  }
}

function didYouMean(near: string | undefined): string {
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}
