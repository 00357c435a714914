import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, modelNotFound, unknownUrl, wrongMethod } from './api-error.ts';
import type { BatchEndpoint } from './batch-endpoint.ts';
import type { ChatEndpoint } from './chat-endpoint.ts';
import { checkKey } from './check-key.ts';
import { MOCK_MODEL } from './mock-model.ts';
import type { MockServerOptions } from './mock-server-options.ts';
import type { RateLimits } from './rate-limits.ts';
import { sendError, sendJson } from './send-reply.ts';
import type { StatsKeeper } from './stats-keeper.ts';

export interface ServerParts {
  readonly options: MockServerOptions;
  readonly limits: RateLimits;
  readonly stats: StatsKeeper;
  readonly chat: ChatEndpoint;
  readonly batches: BatchEndpoint;
}

const CHAT = '/chat/completions';
const MODELS = '/models';

/** Finds what answers the request. The API needs the key, `/stats`, `/healthz` and `/reset` do not. */
export function routeRequest(
  parts: ServerParts,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const { method = '', url = '' } = request;
  const path = pathOf(url);
  if (path === CHAT && method === 'POST') {
    parts.chat.handle(body, request.headers.authorization, response);
    return;
  }
  if (parts.batches.serves(path)) {
    void parts.batches.handle(path, request, body, response);
    return;
  }
  try {
    sendJson(response, lookUp(parts, method, path, request.headers.authorization));
  } catch (error) {
    if (error instanceof ApiError) sendError(response, error);
    else throw error;
  }
}

/** The answer to everything but completions. Throws an `ApiError` where there is none. */
function lookUp(
  parts: ServerParts,
  method: string,
  path: string,
  authorization: string | undefined,
): unknown {
  if (path === '/reset') {
    if (method !== 'POST') throw wrongMethod(method, path);
    parts.limits.reset();
    parts.stats.reset();
    return { ok: true };
  }
  const isModels = path === MODELS || path.startsWith(`${MODELS}/`);
  if (path !== CHAT && path !== '/stats' && path !== '/healthz' && !isModels) throw unknownUrl(method, path);
  if (path === CHAT || method !== 'GET') throw wrongMethod(method, path);
  if (path === '/healthz') return { ok: true };
  if (path === '/stats') return parts.stats.snapshot();
  checkKey(parts.options.key, authorization);
  const names = parts.options.models ?? [MOCK_MODEL];
  if (path === MODELS) return { object: 'list', data: names.map(describeModel) };
  const name = decode(path.slice(MODELS.length + 1));
  if (parts.options.models && !names.includes(name)) throw modelNotFound(name);
  return describeModel(name);
}

/** The path without its query, a slash at its end, and `/v1` at its start, which may be left out. */
function pathOf(url: string): string {
  const query = url.indexOf('?');
  const path = (query === -1 ? url : url.slice(0, query)).replace(/\/+$/, '');
  return path.startsWith('/v1/') ? path.slice(3) : path;
}

function describeModel(id: string): object {
  return { id, object: 'model', created: 0, owned_by: 'gistmill' };
}

/** A name that is badly escaped is taken as it stands. */
function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
