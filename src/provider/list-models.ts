import { Agent, EnvHttpProxyAgent, request } from 'undici';
import type { CatalogEntry } from '../catalog/entry.ts';
import type { ProviderError } from '../core/errors.ts';
import { isJsonObject } from '../core/json.ts';
import type { LimitHint } from '../core/request.ts';
import { basePath, withPath } from './base-path.ts';
import {
  type ErrorContext,
  errorOfReply,
  excerpt,
  isHtml,
  parseJson,
  unexpectedReply,
} from './classify-error.ts';
import { createEndpoint, parseUrl } from './endpoint.ts';
import type { HttpReply } from './exchange.ts';
import { toNetworkError } from './network-error.ts';
import { joinUrl } from './openai/join-url.ts';
import { type Environment, proxySettings } from './proxy-env.ts';
import { parseLimitHints } from './rate-limit-headers.ts';
import { headerOf } from './reply-headers.ts';

export interface ModelListing {
  /** What was asked, without its query. */
  readonly url: string;
  /** Missing where nothing answered. */
  readonly status?: number;
  /** Names as requests have them; missing where there is an error. */
  readonly models?: readonly string[];
  readonly error?: ProviderError;
  readonly limits: readonly LimitHint[];
}

export interface ListParts {
  readonly entry: Pick<CatalogEntry, 'wire'>;
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  readonly env: Environment;
}

/** More names than this on one page is more than any of these endpoints gives. */
const PAGE = 1000;
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * Asks an endpoint, with one GET, which models it has. Undefined where its API has no list that means what `--model`
 * does. Rejects only as the signal does, and with `usage` for a URL or key that cannot be used.
 */
export async function listModels(parts: ListParts, signal: AbortSignal): Promise<ModelListing | undefined> {
  const url = listUrl(parts);
  if (url === undefined) return undefined;
  const endpoint = createEndpoint(url, parts.apiKey, { keyHeader: KEY_HEADERS[parts.entry.wire] });
  const context: ErrorContext = { endpoint, urlOption: '--base-url', epochMs: Date.now };
  try {
    const reply = await get(
      endpoint.url,
      { ...endpoint.credentials, ...VERSIONS[parts.entry.wire] },
      parts.env,
      signal,
    );
    const limits = parseLimitHints(reply.headers, Date.now());
    const found = read(reply, context);
    return {
      ...{ url: endpoint.shown, status: reply.status, limits },
      ...(Array.isArray(found) ? { models: found } : { error: found as ProviderError }),
    };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const progress = { host: url.host, status: undefined, bytes: 0 };
    return { url: endpoint.shown, error: toNetworkError(error as Error, progress), limits: [] };
  }
}

const KEY_HEADERS: Partial<Record<CatalogEntry['wire'], string>> = {
  anthropic: 'x-api-key',
  gemini: 'x-goog-api-key',
};
/** Anthropic refuses requests without one (its documentation, "Versions"). */
const VERSIONS: Partial<Record<CatalogEntry['wire'], Readonly<Record<string, string>>>> = {
  anthropic: { 'anthropic-version': '2023-06-01' },
};

/** Azure and Bedrock list what can be deployed, which are other names than those of deployments. */
function listUrl({ entry: { wire }, baseUrl }: ListParts): URL | undefined {
  const base = parseUrl(baseUrl, '--base-url');
  const path = basePath(base);
  switch (wire) {
    case 'openai':
    case 'openai-responses': {
      const chat = joinUrl(base);
      return withPath(chat, chat.pathname.replace(/\/chat\/completions$/i, '/models'));
    }
    case 'anthropic':
      return paged(withPath(base, `${path.replace(/\/v1(\/messages)?$/i, '')}/v1/models`), 'limit');
    case 'gemini':
      return paged(withPath(base, `${path === '' ? '/v1beta' : path}/models`), 'pageSize');
    case 'ollama':
      return withPath(base, `${path.replace(/\/(api|v1)(\/.*)?$/i, '')}/api/tags`);
    default:
      return undefined;
  }
}

function paged(url: URL, parameter: string): URL {
  url.searchParams.set(parameter, String(PAGE));
  return url;
}

async function get(
  url: string,
  headers: Readonly<Record<string, string>>,
  env: Environment,
  signal: AbortSignal,
): Promise<HttpReply> {
  const proxies = proxySettings(env);
  const options = { maxResponseSize: MAX_BODY_BYTES };
  const dispatcher =
    proxies === undefined ? new Agent(options) : new EnvHttpProxyAgent({ ...options, ...proxies });
  try {
    const reply = await request(url, {
      ...{ dispatcher, signal },
      headers: { accept: 'application/json', 'user-agent': 'gistmill', ...headers },
    });
    const body = Buffer.from(await reply.body.arrayBuffer());
    return { status: reply.statusCode, headers: reply.headers, body };
  } finally {
    await dispatcher.destroy();
  }
}

function read(reply: HttpReply, context: ErrorContext): readonly string[] | ProviderError {
  if (reply.status < 200 || reply.status > 299) return errorOfReply(reply, context);
  const text = reply.body.toString('utf8');
  const type = headerOf(reply.headers, 'content-type');
  const models = namesIn(parseJson(text));
  if (models !== undefined) return models;
  const what = isHtml(text, type) ? 'not a JSON API' : 'no list of models';
  const message = `${what} at ${context.endpoint.shown}: ${excerpt(text, type, context)}`;
  return unexpectedReply(isHtml(text, type) ? 'wrong_url' : 'invalid_response', message, reply, context);
}

/** `{data: [{id}]}` of OpenAI and Anthropic, a bare list of these (Together), `{models: [{name}]}` of Google and Ollama. */
function namesIn(body: unknown): readonly string[] | undefined {
  const list = Array.isArray(body) ? body : isJsonObject(body) ? (body.data ?? body.models) : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.filter(isJsonObject).flatMap(({ id, name }) => {
    const found = id ?? name;
    return typeof found === 'string' ? [found.replace(/^models\//, '')] : [];
  });
}
