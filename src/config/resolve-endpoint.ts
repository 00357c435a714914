import type { CatalogEntry } from '../catalog/entry.ts';
import { findProvider, wireOf } from '../catalog/find-provider.ts';
import { AppError } from '../core/errors.ts';
import { chooseProvider } from './choose-provider.ts';
import { endpointKey, heldBackKey, missingKey } from './endpoint-key.ts';
import type { Env } from './env-file.ts';
import { flagName } from './option-names.ts';
import { parseUrl } from './parse-url.ts';
import { refuseWhatDoesNotFit } from './refuse-options.ts';
import { checkKeyVariable, findKey } from './resolve-key.ts';
import type { RunOptions } from './run-options.ts';

/** What answers, and how it is reached. */
export interface Endpoint {
  /** A name of the catalogue; else the file or package of a provider of the user's own. */
  readonly provider: string;
  /** As the endpoint knows it, and as the log names it. */
  readonly model: string;
  /** Without a slash at its end. */
  readonly baseUrl?: string;
  /** `http`: where each text is posted. */
  readonly url?: string;
  /** `bedrock`. */
  readonly region?: string;
  readonly apiKey?: string;
  /** Where a provider of the user's own is looked for. */
  readonly cwd?: string;
  /** A line for stderr. */
  readonly notice?: string;
}

const LOCAL_MODEL = 'local/extractive';

/** What the built-in summariser, which takes no instructions, leaves aside. */
const NOT_FOR_LOCAL = ['prompt', 'promptFile', 'system', 'temperature', 'maxOutputTokens', 'param'] as const;

/**
 * Decides which provider, model, URL and key serve. `env` is the environment with the `.env` file added.
 * Reads the key file, if one is named. Throws `usage` for what does not fit together, `missing_key` where a
 * key is needed and none is there. Never chooses a model that costs money, never sends a key where it was
 * not meant to go. `needsKey` false: nothing will be sent. `needsModel` false: where a model is missing it is empty.
 */
export function resolveEndpoint(
  options: RunOptions,
  env: Env,
  cwd: string,
  needsKey = true,
  needsModel = true,
): Endpoint {
  refuseSeveral(options);
  checkKeyVariable(options.apiKeyEnv);
  const { provider, model } = chooseProvider(options, env);
  const meant = { ...options, model };
  refuseWhatDoesNotFit(meant, provider, wireOf(provider));
  const entry = findProvider(provider);
  if (entry === undefined) return own(meant, provider, env, cwd);
  if (entry.wire === 'local') return local(options);
  if (entry.wire === 'http') return http(meant, env, cwd);
  return remote(needsModel ? meant : { ...meant, model: model ?? '' }, entry, env, cwd, needsKey);
}

/** Those who plan for several take each by itself. */
function refuseSeveral({ endpoint, fallbackModel }: RunOptions): void {
  if (endpoint === undefined && fallbackModel === undefined) return;
  const name = endpoint === undefined ? '--fallback-model' : '--endpoint';
  throw new AppError('usage', `${name}: only a run can have several endpoints`, {
    hint: 'leave it out here, and name one with --model and --base-url',
  });
}

function local(options: RunOptions): Endpoint {
  const unused = NOT_FOR_LOCAL.filter((key) => options[key] !== undefined).map(flagName);
  const without =
    unused.length === 0 ? '' : ` It takes no instructions: ${unused.join(', ')} changes nothing.`;
  const base = { provider: 'local', model: LOCAL_MODEL } as const;
  if (options.provider === undefined && options.model === undefined) {
    return {
      ...base,
      notice:
        'no endpoint is named, so the built-in extractive summariser serves: it picks sentences, offline, ' +
        `without a language model.${without} For a real one: --model NAME [--base-url URL], or --url URL`,
    };
  }
  return without === '' ? base : { ...base, notice: `the built-in summariser serves.${without}` };
}

function http(options: RunOptions, env: Env, cwd: string): Endpoint {
  if (options.url === undefined) {
    throw new AppError('usage', '--provider http needs --url', {
      hint: 'write e.g. --url http://127.0.0.1:9000/summarise',
    });
  }
  const url = parseUrl('--url', options.url);
  const apiKey = findKey(options, env, cwd, [])?.key;
  return {
    provider: 'http',
    model: options.model ?? `http/${url.host}`,
    url: url.href,
    ...(apiKey !== undefined && { apiKey }),
  };
}

function own(options: RunOptions, provider: string, env: Env, cwd: string): Endpoint {
  const { baseUrl } = options;
  const apiKey = findKey(options, env, cwd, [])?.key;
  return {
    provider,
    model: options.model ?? provider,
    cwd,
    ...(baseUrl !== undefined && { baseUrl: parseUrl('--base-url', baseUrl).href.replace(/\/+$/, '') }),
    ...(apiKey !== undefined && { apiKey }),
  };
}

function remote(
  options: RunOptions,
  entry: CatalogEntry,
  env: Env,
  cwd: string,
  needsKey: boolean,
): Endpoint {
  const region = regionOf(options, entry, env);
  const url = urlOf(options, entry, env, region);
  if (entry.wire === 'openai') refuseFullPath(url);
  if (options.model === undefined) throw modelMissing(entry, url);
  const apiKey = endpointKey(options, entry, url, env, cwd)?.key;
  const missing = needsKey && apiKey === undefined ? missingKey(entry, url, env) : undefined;
  if (missing !== undefined) throw missing;
  const notice = apiKey === undefined ? heldBackKey(entry, url, env) : undefined;
  return {
    provider: entry.name,
    model: options.model,
    baseUrl: url.href.replace(/\/+$/, ''),
    ...(region !== undefined && { region }),
    ...(apiKey !== undefined && { apiKey }),
    ...(notice !== undefined && { notice }),
  };
}

/** Where the endpoint is: `--base-url`, else the provider's variable for it, else its own. */
function urlOf({ baseUrl }: RunOptions, entry: CatalogEntry, env: Env, region: string | undefined): URL {
  if (baseUrl !== undefined) return parseUrl('--base-url', baseUrl);
  const { urlVariable } = entry;
  const standIn = urlVariable === undefined ? undefined : env[urlVariable];
  if (urlVariable !== undefined && standIn) return parseUrl(urlVariable, standIn);
  if (entry.baseUrl !== undefined) return new URL(inRegion(entry.baseUrl, region));
  throw new AppError('usage', `--provider ${entry.name} needs --base-url`, {
    hint: `write e.g. --base-url ${entry.urlExample}`,
  });
}

/** China has a domain of its own (AWS General Reference, "Amazon Bedrock endpoints and quotas"). */
function inRegion(baseUrl: string, region = ''): string {
  return baseUrl.replace('{region}', region) + (region.startsWith('cn-') ? '.cn' : '');
}

const REGION = /^[a-z]{2}(-[a-z]+)+-\d+$/;

/** Only for what has regions. Throws `usage` where none is named, or a word that is none: it becomes part of a host. */
function regionOf(
  { region, baseUrl }: RunOptions,
  { wire, hosts }: CatalogEntry,
  env: Env,
): string | undefined {
  if (wire !== 'bedrock') return undefined;
  const url = baseUrl !== undefined && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const ofHost = url && hosts?.test(url.hostname) ? url.hostname.split('.')[1] : undefined;
  const named = region ?? ofHost ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION);
  if (named && REGION.test(named)) return named;
  const problem = named
    ? `${JSON.stringify(named)} is no region of AWS`
    : '--provider bedrock needs --region';
  throw new AppError('usage', problem, { hint: 'write e.g. --region us-east-1, or set AWS_REGION' });
}

function modelMissing({ wire, source }: CatalogEntry, { origin, pathname }: URL): AppError {
  const list = `GET ${origin}${pathname.replace(/\/+$/, '')}/models lists the names`;
  return new AppError('usage', 'no model is named; gistmill chooses none by itself', {
    hint: `write --model NAME; ${wire === 'openai' ? list : `for the names see ${source}`}`,
  });
}

function refuseFullPath(url: URL): void {
  if (!/\/(chat\/)?completions\/*$/.test(url.pathname)) return;
  throw new AppError('usage', '--base-url takes the part before /chat/completions', {
    hint: 'write e.g. --base-url http://127.0.0.1:8000/v1',
  });
}
