import { AppError } from '../core/errors.ts';
import type { Env } from './env-file.ts';
import { flagName } from './option-names.ts';
import { checkKeyVariable, resolveKey } from './resolve-key.ts';
import type { RunOptions } from './run-options.ts';

export type ProviderName = NonNullable<RunOptions['provider']>;

/** What answers, and how it is reached. */
export interface Endpoint {
  readonly provider: ProviderName;
  /** As requests and the log name it. */
  readonly model: string;
  /** `openai`: without a slash at its end. */
  readonly baseUrl?: string;
  /** `http`: where each text is posted. */
  readonly url?: string;
  readonly apiKey?: string;
  /** A line for stderr. */
  readonly notice?: string;
}

/** https://platform.openai.com/docs/api-reference */
const OPENAI_URL = 'https://api.openai.com/v1';
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const LOCAL_MODEL = 'local/extractive';

/** Options that mean something to one provider only. */
const ONLY_FOR: Readonly<Record<string, readonly ProviderName[]>> = {
  model: ['openai', 'http'],
  baseUrl: ['openai'],
  url: ['http'],
  body: ['http'],
  responsePath: ['http'],
};

/** What the built-in summariser, which takes no instructions, leaves aside. */
const NOT_FOR_LOCAL = ['prompt', 'promptFile', 'system', 'temperature', 'maxOutputTokens', 'param'] as const;

/**
 * Decides which provider, model, URL and key serve. `env` is the environment with the `.env` file added.
 * Reads the key file, if one is named. Throws `usage` for what does not fit together, `missing_key` where a
 * key is needed and none is there. Never chooses a model that costs money, never sends a key where it was
 * not meant to go. `needsKey` false: nothing will be sent.
 */
export function resolveEndpoint(options: RunOptions, env: Env, cwd: string, needsKey = true): Endpoint {
  const provider = options.provider ?? impliedProvider(options);
  checkKeyVariable(options.apiKeyEnv);
  refuseWhatDoesNotFit(options, provider);
  if (provider === 'local') return local(options);
  return provider === 'http' ? http(options, env, cwd) : openai(options, env, cwd, needsKey);
}

function impliedProvider(options: RunOptions): ProviderName {
  if (options.url !== undefined) return 'http';
  return options.model !== undefined || options.baseUrl !== undefined ? 'openai' : 'local';
}

function refuseWhatDoesNotFit(options: RunOptions, provider: ProviderName): void {
  const given: Readonly<Record<string, unknown>> = options;
  for (const [key, providers] of Object.entries(ONLY_FOR)) {
    if (given[key] === undefined || providers.includes(provider)) continue;
    throw new AppError('usage', `${flagName(key)} does not fit the provider ${provider}`, {
      hint: `it is for --provider ${providers.join(' or ')}; leave one of the two out`,
    });
  }
  if (options.bodyType !== 'json' && provider !== 'http') {
    throw new AppError('usage', `--body-type does not fit the provider ${provider}`, {
      hint: 'it is for --provider http',
    });
  }
}

function local(options: RunOptions): Endpoint {
  const unused = NOT_FOR_LOCAL.filter((key) => options[key] !== undefined).map(flagName);
  const without =
    unused.length === 0 ? '' : ` It takes no instructions: ${unused.join(', ')} changes nothing.`;
  const base = { provider: 'local', model: LOCAL_MODEL } as const;
  if (options.provider === undefined) {
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
  const apiKey = resolveKey(options, env, cwd, false);
  return {
    provider: 'http',
    model: options.model ?? `http/${url.host}`,
    url: url.href,
    ...(apiKey !== undefined && { apiKey }),
  };
}

function openai(options: RunOptions, env: Env, cwd: string, needsKey: boolean): Endpoint {
  const named = options.baseUrl ?? env.OPENAI_BASE_URL;
  const url = named
    ? parseUrl(options.baseUrl === undefined ? 'OPENAI_BASE_URL' : '--base-url', named)
    : new URL(OPENAI_URL);
  refuseFullPath(url);
  if (options.model === undefined) throw modelMissing(url);
  const apiKey = resolveKey(options, env, cwd, takesOpenAiKey(url, env));
  if (needsKey && apiKey === undefined && url.hostname === new URL(OPENAI_URL).hostname) {
    throw new AppError('missing_key', `${url.host} needs a key, and none is configured`, {
      hint: 'set OPENAI_API_KEY or GISTMILL_API_KEY (the environment or .env), or name a file: --api-key-file FILE',
    });
  }
  return {
    provider: 'openai',
    model: options.model,
    baseUrl: url.href.replace(/\/+$/, ''),
    ...(apiKey === undefined ? heldBack(url, env) : { apiKey }),
  };
}

/** Someone who has set `OPENAI_API_KEY` would else wonder why another endpoint refuses them. */
function heldBack(url: URL, env: Env): Pick<Endpoint, 'notice'> {
  if (!env.OPENAI_API_KEY || LOOPBACK.test(url.hostname)) return {};
  return { notice: `OPENAI_API_KEY is not sent to ${url.host}; to send it: --api-key-env OPENAI_API_KEY` };
}

/** `OPENAI_API_KEY` goes to OpenAI, or to where `OPENAI_BASE_URL` says that OpenAI's stand-in is. */
function takesOpenAiKey(url: URL, env: Env): boolean {
  if (url.origin === new URL(OPENAI_URL).origin) return true;
  return (
    Boolean(env.OPENAI_BASE_URL) && url.origin === parseUrl('OPENAI_BASE_URL', env.OPENAI_BASE_URL).origin
  );
}

function modelMissing({ origin, pathname }: URL): AppError {
  return new AppError('usage', 'no model is named; gistmill chooses none by itself', {
    hint: `write --model NAME; GET ${origin}${pathname.replace(/\/+$/, '')}/models lists the names`,
  });
}

function refuseFullPath(url: URL): void {
  if (!/\/(chat\/)?completions\/*$/.test(url.pathname)) return;
  throw new AppError('usage', '--base-url takes the part before /chat/completions', {
    hint: 'write e.g. --base-url http://127.0.0.1:8000/v1',
  });
}

/** Only http and https. The message leaves out a URL that may hold a password or a key. */
function parseUrl(source: string, text = ''): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  const shown = /[@?]/.test(text) ? 'the value' : JSON.stringify(text);
  throw new AppError(
    'usage',
    `${source}: ${shown} is not an http or https URL; write e.g. http://127.0.0.1:8000/v1`,
  );
}
