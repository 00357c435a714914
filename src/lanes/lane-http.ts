import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { type ErrorContext, errorOfReply, unexpectedReply } from '../provider/classify-error.ts';
import type { HttpReply } from '../provider/exchange.ts';
import { toNetworkError } from '../provider/network-error.ts';
import { type Environment, proxySettings } from '../provider/proxy-env.ts';
import { jsonOf } from '../provider/read-json.ts';

export interface LaneHttpOptions {
  readonly context: ErrorContext;
  /** Sent with every request: the key and the like. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where proxies are looked up. */
  readonly env: Environment;
}

interface Sending {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Readable;
}

/** A body of hundreds of megabytes is looked at before the endpoint answers. */
const HEADERS_TIMEOUT_MS = 600_000;
const BODY_TIMEOUT_MS = 120_000;

/** Requests of a batch API. Follows no redirect, so that the key never travels on. */
export class LaneHttp {
  readonly #options: LaneHttpOptions;
  readonly #dispatcher: Dispatcher;

  constructor(options: LaneHttpOptions) {
    this.#options = options;
    const proxies = proxySettings(options.env);
    const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, bodyTimeout: BODY_TIMEOUT_MS };
    this.#dispatcher =
      proxies === undefined ? new Agent(timeouts) : new EnvHttpProxyAgent({ ...timeouts, ...proxies });
  }

  get(url: URL, signal: AbortSignal): Promise<JsonObject> {
    return this.#json('GET', url, undefined, signal);
  }

  post(url: URL, value: object | undefined, signal: AbortSignal): Promise<JsonObject> {
    if (value === undefined) return this.#json('POST', url, undefined, signal);
    const headers = { 'content-type': 'application/json' };
    return this.#json('POST', url, { headers, body: JSON.stringify(value) }, signal);
  }

  send(url: URL, sending: Sending, signal: AbortSignal): Promise<JsonObject> {
    return this.#json('POST', url, sending, signal);
  }

  /** Adds a file of results to the end of one here. */
  async download(url: URL, path: string, signal: AbortSignal): Promise<void> {
    await this.#exchange(
      url,
      async () => {
        const reply = await this.#request('GET', url, undefined, signal);
        if (reply.statusCode !== 200) throw errorOfReply(await whole(reply), this.#options.context);
        await pipeline(reply.body, createWriteStream(path, { flags: 'a' }), { signal });
      },
      signal,
    );
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }

  async #json(
    method: 'GET' | 'POST',
    url: URL,
    sending: Sending | undefined,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const { context } = this.#options;
    const reply = await this.#exchange(
      url,
      async () => whole(await this.#request(method, url, sending, signal)),
      signal,
    );
    const value = jsonOf(reply, context);
    if (isJsonObject(value)) return value;
    throw unexpectedReply('invalid_response', 'the answer of the batch API is no object', reply, context);
  }

  #request(method: 'GET' | 'POST', url: URL, sending: Sending | undefined, signal: AbortSignal) {
    return request(url, {
      ...{ method, signal, dispatcher: this.#dispatcher },
      headers: {
        accept: 'application/json',
        'user-agent': 'gistmill',
        ...this.#options.headers,
        ...sending?.headers,
      },
      body: sending?.body ?? null,
    });
  }

  async #exchange<T>(url: URL, act: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof Error) || error.name === 'ProviderError') throw error;
      throw toNetworkError(error, { host: url.host, status: undefined, bytes: 0 });
    }
  }
}

async function whole({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<HttpReply> {
  return { status: statusCode, headers, body: Buffer.from(await body.arrayBuffer()) };
}
