import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { BatchEndpoint } from './batch-endpoint.ts';
import { ChatEndpoint, type Summarise } from './chat-endpoint.ts';
import { completeOptions, type MockServerOptions } from './mock-server-options.ts';
import { RateLimits } from './rate-limits.ts';
import { routeRequest } from './route-request.ts';
import type { MockStats } from './stats.ts';
import { StatsKeeper } from './stats-keeper.ts';

export interface MockServer {
  /** `http://HOST:PORT`, no slash at its end; clients put `/v1` after it. */
  readonly url: string;
  readonly port: number;
  stats(): MockStats;
  /** Ends every connection, hanging ones included. */
  close(): Promise<void>;
}

/** Longer than clients keep an idle connection, so that none is closed under a request that is on its way. */
const KEEP_ALIVE_MS = 75_000;

/** Connections that may wait to be accepted: a client with a thousand workers opens them all at once. */
const BACKLOG = 4096;

/**
 * Starts a local endpoint in the shape of OpenAI's chat completions. Resolves when it listens.
 * Rejects with `usage` where the port or the host cannot be had, or the shares of faults exceed 1.
 */
export async function startMockServer(
  given: Partial<MockServerOptions>,
  summarise: Summarise,
  clock: Clock = systemClock,
): Promise<MockServer> {
  const options = completeOptions(given);
  const limits = new RateLimits(options, clock);
  const stats = new StatsKeeper();
  const chat = new ChatEndpoint({ options, limits, stats, summarise, clock });
  const batches = new BatchEndpoint({ options, summarise, clock });
  const parts = { options, limits, stats, chat, batches };

  const server = createServer((request, response) => {
    readBody(request, (body) => routeRequest(parts, request, body, response));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 1000;
  await listen(server, options);

  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${hostInUrl(options.host)}:${port}`,
    port,
    stats: () => stats.snapshot(),
    close: () => close(server),
  };
}

/** A request that breaks off before its end is forgotten. */
function readBody(request: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => done(Buffer.concat(chunks)));
  request.on('error', () => {});
}

async function listen(server: Server, { port, host }: MockServerOptions): Promise<void> {
  server.listen({ port, host, backlog: BACKLOG });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error, port, host);
  }
}

function listenError(error: unknown, port: number, host: string): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'EADDRINUSE') {
    return new AppError('usage', `--port: ${port} is in use`, {
      hint: 'Name another port, or 0 for any free one.',
      cause: error,
    });
  }
  const option = code === 'EACCES' ? `--port: ${port} may not be used` : `--host: cannot listen on ${host}`;
  return new AppError('usage', `${option} (${code})`, { cause: error });
}

/** An address that listens everywhere is reached here. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
