import { wireOf } from '../catalog/find-provider.ts';
import { splitModel } from '../catalog/split-model.ts';
import { AppError, toAppError } from '../core/errors.ts';
import { chooseProvider } from './choose-provider.ts';
import type { EndpointEntry } from './endpoint-entry.ts';
import type { Env } from './env-file.ts';
import { type Endpoint, resolveEndpoint } from './resolve-endpoint.ts';
import type { RunOptions } from './run-options.ts';

/** One of the endpoints of a run. */
export interface PlannedEndpoint {
  /** Tells it from the others, in rows and words. */
  readonly name: string;
  readonly weight: number;
  readonly isFallback: boolean;
  /** The options of the run with its own in their place. */
  readonly options: RunOptions;
  readonly endpoint: Endpoint;
}

/** Those that share the work, then the fallback. The first decides over prompts. */
export type EndpointPlan = readonly [PlannedEndpoint, ...PlannedEndpoint[]];

/**
 * Decides on the endpoints of a run: those of `--endpoint`, else the one that the other options name, and the fallback.
 * Throws as `resolveEndpoint` does, with the name of the endpoint where there are several.
 */
export function planEndpoints(options: RunOptions, env: Env, cwd: string, needsKey = true): EndpointPlan {
  const { endpoint: given = [], fallbackModel } = options;
  const own = given.filter((entry) => !isFallback(entry));
  const [first = {}, ...others] = [...own, ...(own.length === 0 ? [{}] : []), ...given.filter(isFallback)];
  const isAlone = others.length === 0 && fallbackModel === undefined;
  const names = new Set<string>();
  const plan = (base: RunOptions, entry: EndpointEntry, at: number): PlannedEndpoint => {
    const label = entry.name ?? entry.model ?? String(at + 1);
    return named(isAlone, label, () => {
      const meant = merged(base, entry, env);
      const endpoint = resolveEndpoint(meant, env, cwd, needsKey);
      if (!isAlone) refuseProse(meant, endpoint);
      const name = uniqueName(entry.name, endpoint, names);
      return {
        name,
        weight: entry.weight ?? 1,
        isFallback: entry.fallback ?? false,
        options: meant,
        endpoint,
      };
    });
  };
  const start = plan(options, first, 0);
  const rest = others.map((entry, at) => plan(options, entry, at + 1));
  if (fallbackModel === undefined) return [start, ...rest];
  const last = plan(start.options, { model: fallbackModel, fallback: true }, rest.length + 1);
  return [start, ...rest, last];
}

function isFallback({ fallback }: EndpointEntry): boolean {
  return fallback === true;
}

/** The options of the run, with those of the endpoint in their place. */
function merged(options: RunOptions, entry: EndpointEntry, env: Env): RunOptions {
  const { name: _, weight: __, fallback: ___, ...own } = entry;
  const base: RunOptions = { ...options, endpoint: undefined, fallbackModel: undefined };
  if (Object.keys(own).length === 0) return base;
  const place = { provider: undefined, baseUrl: undefined, url: undefined };
  const inherited: RunOptions = {
    ...base,
    ...(saysWhere(own, base) && place),
    ...(own.apiKeyEnv !== undefined && { apiKeyFile: undefined }),
    ...(own.apiKeyFile !== undefined && { apiKeyEnv: undefined }),
    // Another model has another price.
    ...(own.model !== undefined && { priceIn: undefined, priceOut: undefined }),
  };
  const all: RunOptions = { ...inherited, ...own };
  return { ...withoutUnfit(all, env), ...own };
}

/**
 * Whether an endpoint names its own place, so that none is inherited: a URL, a provider, or a model with its provider.
 * What stands in for OpenAI may itself have models whose names begin so.
 */
function saysWhere(own: EndpointEntry, { baseUrl }: RunOptions): boolean {
  if (own.provider !== undefined || own.baseUrl !== undefined || own.url !== undefined) return true;
  if (own.model === undefined) return false;
  const { prefix, isKnown } = splitModel(own.model);
  return prefix !== undefined && isKnown && !(prefix === 'openai' && baseUrl !== undefined);
}

/** What is meant for the others and would not fit this one's provider is not inherited. */
function withoutUnfit(options: RunOptions, env: Env): RunOptions {
  const wire = wireOf(chooseProvider(options, env).provider);
  const isHttp = wire === 'http';
  return {
    ...options,
    region: wire === 'bedrock' ? options.region : undefined,
    apiVersion: wire === 'azure' ? options.apiVersion : undefined,
    ...(wire === 'local' && { model: undefined, baseUrl: undefined }),
    ...(isHttp
      ? { baseUrl: undefined }
      : { url: undefined, body: undefined, responsePath: undefined, bodyType: 'json' }),
  };
}

function refuseProse({ schema }: RunOptions, { provider }: Endpoint): void {
  if (schema === undefined || provider !== 'local') return;
  throw new AppError('usage', 'the built-in summariser writes prose and no data: --schema needs a model');
}

function uniqueName(
  given: string | undefined,
  { model, baseUrl, url }: Endpoint,
  names: Set<string>,
): string {
  const at = baseUrl ?? url;
  const host = at !== undefined && URL.canParse(at) ? `${model}@${new URL(at).host}` : model;
  let name = given ?? (names.has(model) ? host : model);
  for (let count = 2; names.has(name); count++) name = `${host} (${count})`;
  names.add(name);
  return name;
}

function named<T>(isAlone: boolean, label: string, plan: () => T): T {
  if (isAlone) return plan();
  try {
    return plan();
  } catch (thrown) {
    const { code, message, hint, cause } = toAppError(thrown);
    throw new AppError(code, `endpoint ${label}: ${message}`, { hint, cause });
  }
}
