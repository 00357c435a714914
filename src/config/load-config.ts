import { AppError } from '../core/errors.ts';
import { BATCH_OPTIONS, type BatchOptions } from './batch-options.ts';
import { checkConfigKeys, checkVariables } from './check-names.ts';
import { readConfigFile } from './config-file.ts';
import {
  fileLayer,
  flagLayer,
  type Given,
  type Layer,
  mergeLayers,
  nonEmpty,
  variableLayer,
} from './config-layers.ts';
import { type Env, readEnvFile } from './env-file.ts';
import { ESTIMATE_OPTIONS, type EstimateOptions } from './estimate-options.ts';
import { MOCK_OPTIONS, type MockOptions } from './mock-options.ts';
import { nearestName } from './nearest-name.ts';
import { ESTIMATE_PREFIX, MOCK_PREFIX, RUN_PREFIX } from './option-names.ts';
import type { OptionSpec } from './option-spec.ts';
import { optionsSchema } from './options-schema.ts';
import { parseEndpoints } from './parse-endpoints.ts';
import { parseValue, quote } from './parse-value.ts';
import { PROMPT_OPTIONS, type PromptCommandOptions } from './prompt-options.ts';
import { RUN_OPTIONS, type RunOptions } from './run-options.ts';

export interface ConfigSources {
  /** By option key, as the command line gave them: texts, lists of texts for repeated ones, booleans. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Env;
  /** Where `.env`, `gistmill.config.*` and relative paths are looked for. */
  readonly cwd: string;
}

export interface Configuration<T> {
  readonly options: T;
  /** The environment with the variables of the `.env` file added; the real environment wins. */
  readonly env: Env;
}

/**
 * The configuration of a run: flags, then `GISTMILL_*` variables, then the configuration file, then defaults.
 * Frozen. Throws a `usage` error that names the place of what is wrong.
 */
export async function loadRunOptions(sources: ConfigSources): Promise<Configuration<RunOptions>> {
  const { options, env } = await loadExplainedOptions(sources);
  return { options, env };
}

export interface Explained extends Configuration<RunOptions> {
  /** What is set, by option key, and where. */
  readonly given: Layer;
  /** The file of variables that was read, or would have been. */
  readonly envFile: string;
}

/** The same, and where each value comes from. */
export async function loadExplainedOptions(sources: ConfigSources): Promise<Explained> {
  const { env, label } = await loadEnv(sources, 'envFile');
  const named = nonEmpty(sources.flags.config) ?? nonEmpty(env.GISTMILL_CONFIG);
  const file = await readConfigFile(named, sources.cwd);
  const layers = [
    flagLayer(RUN_OPTIONS, sources.flags),
    variableLayer(RUN_OPTIONS, RUN_PREFIX, env),
    fileLayer(RUN_OPTIONS, file),
  ];
  const options = settle(RUN_OPTIONS, layers) as RunOptions;
  return { options, env, given: mergeLayers(RUN_OPTIONS, layers), envFile: label };
}

/** The configuration of `gistmill mock`: flags, then `GISTMILL_MOCK_*` variables, then defaults. */
export async function loadMockOptions(sources: ConfigSources): Promise<Configuration<MockOptions>> {
  const { env } = await loadEnv(sources);
  const layers = [flagLayer(MOCK_OPTIONS, sources.flags), variableLayer(MOCK_OPTIONS, MOCK_PREFIX, env)];
  return { options: settle(MOCK_OPTIONS, layers) as MockOptions, env };
}

/**
 * The configuration of `gistmill estimate`: that of the run it foresees, and its own from flags, then
 * `GISTMILL_ESTIMATE_*` variables, then defaults.
 */
export async function loadEstimateOptions(
  sources: ConfigSources,
): Promise<Configuration<RunOptions> & { readonly own: EstimateOptions }> {
  const { options, env } = await loadRunOptions(sources);
  const layers = [
    flagLayer(ESTIMATE_OPTIONS, sources.flags),
    variableLayer(ESTIMATE_OPTIONS, ESTIMATE_PREFIX, env),
  ];
  return { options, env, own: settle(ESTIMATE_OPTIONS, layers) as EstimateOptions };
}

/** The configuration of `gistmill prompt`: that of the run whose prompts it shows, and its own, which are flags only. */
export async function loadPromptOptions(
  sources: ConfigSources,
): Promise<Configuration<RunOptions> & { readonly own: PromptCommandOptions }> {
  const { options, env } = await loadRunOptions(sources);
  const layers = [flagLayer(PROMPT_OPTIONS, sources.flags)];
  return { options, env, own: settle(PROMPT_OPTIONS, layers) as PromptCommandOptions };
}

/** The configuration of `gistmill batch`: that of the run, and its own, which are flags only. */
export async function loadBatchOptions(
  sources: ConfigSources,
): Promise<Configuration<RunOptions> & { readonly own: BatchOptions }> {
  const { options, env } = await loadRunOptions(sources);
  return {
    options,
    env,
    own: settle(BATCH_OPTIONS, [flagLayer(BATCH_OPTIONS, sources.flags)]) as BatchOptions,
  };
}

/** As in a configuration file: several endpoints are `endpoints`. */
export type LibraryOptions = Partial<Omit<RunOptions, 'endpoint'>> & {
  readonly endpoints?: RunOptions['endpoint'];
};

/**
 * The configuration of a run from values that are already what they become (times in ms, sizes in bytes), as
 * a caller of the library gives them, with defaults for the rest. Throws a `usage` error as above.
 */
export function settleRunOptions(values: LibraryOptions): RunOptions {
  const label = 'options';
  checkConfigKeys({ label, values }, RUN_OPTIONS);
  const { endpoints: endpoint, ...others } = values;
  const given = Object.entries(others).map(
    ([key, value]) => [key, { value, label: `${label}.${key}` }] as const,
  );
  const endpoints = endpoint && parseEndpoints(endpoint, `${label}.endpoints`);
  return validate(RUN_OPTIONS, { ...others, endpoint: endpoints }, new Map(given)) as RunOptions;
}

async function loadEnv(
  { flags, env, cwd }: ConfigSources,
  fileKey?: string,
): Promise<{ readonly env: Env; readonly label: string }> {
  const named = fileKey === undefined ? undefined : flags[fileKey];
  const file = await readEnvFile(nonEmpty(named) ?? nonEmpty(env.GISTMILL_ENV_FILE), cwd);
  checkVariables(file.values, file.label);
  checkVariables(env);
  return { env: { ...file.values, ...env }, label: file.label };
}

/** Strongest layer first. Only values that count are read, so that a flag can overrule a broken variable. */
function settle(specs: readonly OptionSpec[], layers: readonly Layer[]): Readonly<Record<string, unknown>> {
  const given = mergeLayers(specs, layers);
  const read: Record<string, unknown> = {};
  for (const spec of specs) {
    const found = given.get(spec.key);
    const parse = spec.kind === 'endpoints' ? parseEndpoints : parserOf(spec);
    read[spec.key] = found && parse(found.value, found.label);
  }
  return validate(specs, read, given);
}

function parserOf(spec: OptionSpec): (value: unknown, label: string) => unknown {
  return (value, label) => parseValue(spec, value, label);
}

function validate(
  specs: readonly OptionSpec[],
  values: Readonly<Record<string, unknown>>,
  given: Layer,
): Readonly<Record<string, unknown>> {
  const result = optionsSchema(specs).safeParse(values);
  // Keys without a value stay there as undefined, so that every configuration has the same shape.
  const unset = Object.fromEntries(specs.map(({ key }) => [key, undefined]));
  if (result.success) return Object.freeze({ ...unset, ...result.data });
  const [issue] = result.error.issues;
  const key = String(issue?.path[0]);
  const spec = specs.find((candidate) => candidate.key === key);
  throw invalid(spec, given.get(key), issue?.message ?? 'is not valid');
}

function invalid(spec: OptionSpec | undefined, given: Given | undefined, message: string): AppError {
  const near = spec?.choices && nearestName(String(given?.value), spec.choices);
  return new AppError('usage', `${given?.label}: ${quote(given?.value)} ${message}`, {
    hint: near && `did you mean ${near}?`,
  });
}
