import { Socket } from 'node:net';
import { Agent, buildConnector, EnvHttpProxyAgent } from 'undici';
import type { CancelSignal } from '../core/cancel-signal.ts';
import { Exchange, type HttpReply, type TakerOf } from './exchange.ts';
import { type Environment, proxySettings } from './proxy-env.ts';

export interface TransportOptions {
  /** Most connections to one origin: the most requests in flight. */
  readonly connections: number;
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up. */
  readonly env: Environment;
  /** Longest body that is taken, in bytes; a longer one is `response_too_large`. Default 64 MiB. */
  readonly maxBodyBytes?: number;
}

export interface HttpRequest {
  /** Absolute, without user information. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The attempt's own signal: one listener is added and taken off again. */
  readonly signal: CancelSignal;
  /** Default: every body is gathered. */
  readonly takerOf?: TakerOf;
}

/** Pooled HTTP connections. It follows no redirect, so that credentials never travel on. */
export interface Transport {
  /**
   * Sends one request and resolves with the reply, whatever its status. Rejects with a `ProviderError`
   * (`connection`, `truncated_body`, `response_too_large`), or with the signal's reason as soon as it aborts. Where the
   * body is taken in pieces, it resolves once their taker awaits no more.
   */
  post(request: HttpRequest): Promise<HttpReply>;
  /** Ends all connections, those being opened included. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Connections kept alive, one request at a time on each. There is no time limit in here, not even for
 * connecting: the caller's signal is the only one.
 */
export function createTransport({ connections, env, maxBodyBytes }: TransportOptions): Transport {
  const sockets = new Set<Socket>();
  const proxies = proxySettings(env);
  const options: Agent.Options = {
    connections,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: maxBodyBytes ?? MAX_BODY_BYTES,
    connect: trackingConnector(sockets),
  };
  const dispatcher =
    proxies === undefined ? new Agent(options) : new EnvHttpProxyAgent({ ...options, ...proxies });
  const targetOf = targetCache();
  // undici's proxy agent adds to the headers that it gets.
  const ownHeaders = (headers: HttpRequest['headers']) => (proxies === undefined ? headers : { ...headers });
  return {
    post: ({ url, headers, body, signal, takerOf }) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        const { origin, host, path } = targetOf(url);
        const exchange = new Exchange(host, signal, resolve, reject, takerOf);
        dispatcher.dispatch({ origin, path, method: 'POST', headers: ownHeaders(headers), body }, exchange);
      }),
    close: async () => {
      await dispatcher.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** undici leaves a socket that still connects to itself when it is destroyed, which would hold the process up. */
function trackingConnector(sockets: Set<Socket>): buildConnector.connector {
  const connect = buildConnector({ timeout: 0 });
  return (options, callback) => {
    const socket: unknown = connect(options, callback);
    if (!(socket instanceof Socket)) return;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
}

interface Target {
  readonly origin: string;
  readonly host: string;
  readonly path: string;
}

/** A provider asks the same URL again and again: it is taken apart once. */
function targetCache(): (url: string) => Target {
  let lastUrl: string | undefined;
  let last: Target = { origin: '', host: '', path: '' };
  return (url) => {
    if (url === lastUrl) return last;
    const { origin, host, pathname, search } = new URL(url);
    lastUrl = url;
    last = { origin, host, path: pathname + search };
    return last;
  };
}
