import { once, setMaxListeners } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** One scripted reply. Without any field it is an empty 200. */
export interface ScriptedReply {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: OutgoingHttpHeaders;
  /** A string or a Buffer goes out as it is, anything else as JSON with its content type. */
  readonly body?: unknown;
  /** Waits this long before anything is sent. */
  readonly delayMs?: number;
  /** Reads the request and never answers. */
  readonly hang?: true;
  /** Resets the connection without a single byte. */
  readonly resetBeforeHeaders?: true;
  /** Sends the headers and the first half of the body, then resets the connection. */
  readonly resetMidBody?: true;
  /** Announced length in bytes; where it is more than the body, the connection is closed after the body. */
  readonly contentLength?: number;
  /** Closes the connection after the reply without having announced it. */
  readonly closeAfter?: true;
  /** Sends the body in chunks of `chunk` bytes, one every `everyMs`. */
  readonly trickle?: { readonly chunk: number; readonly everyMs: number };
}

export interface ScriptedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Monotonic ms (`performance.now()`) at which its body was complete. */
  readonly atMs: number;
}

/** `n` is 0 for the first request. */
export type ScriptedHandler = (request: ScriptedRequest, n: number) => ScriptedReply | Promise<ScriptedReply>;

export interface ScriptedServer {
  /** `http://127.0.0.1:PORT`, no slash at its end. */
  readonly url: string;
  /** All requests so far, in order of arrival. */
  readonly requests: readonly ScriptedRequest[];
  /** Connections that were opened so far. */
  connections(): number;
  /** Ends every connection, hanging ones included. */
  close(): Promise<void>;
}

/**
 * A real HTTP server on a free loopback port that answers by script: a list of replies, used in order
 * with the last one repeated, or a function.
 */
export async function startScriptedServer(
  script: readonly ScriptedReply[] | ScriptedHandler,
): Promise<ScriptedServer> {
  const handler: ScriptedHandler =
    typeof script === 'function' ? script : (_request, n) => script[Math.min(n, script.length - 1)] ?? {};
  const requests: ScriptedRequest[] = [];
  const stopped = new AbortController();
  setMaxListeners(0, stopped.signal);
  let connections = 0;

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    const n = requests.push(request) - 1;
    await play(await handler(request, n), response, stopped.signal);
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    close: async () => {
      stopped.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<ScriptedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    atMs: performance.now(),
  };
}

async function play(reply: ScriptedReply, response: ServerResponse, signal: AbortSignal): Promise<void> {
  if (reply.hang) return;
  if (reply.delayMs !== undefined) await wait(reply.delayMs, undefined, { signal });
  const socket = response.socket;
  if (reply.resetBeforeHeaders) {
    socket?.resetAndDestroy();
    return;
  }
  const body = bodyOf(reply);
  const length = reply.contentLength ?? body.length;
  response.writeHead(reply.status ?? 200, { ...headersOf(reply), 'content-length': length });
  if (reply.resetMidBody) {
    await write(response, body.subarray(0, body.length / 2));
    socket?.resetAndDestroy();
    return;
  }
  if (reply.trickle) await trickle(response, body, reply.trickle, signal);
  else await write(response, body);
  if (length > body.length) {
    socket?.end();
    return;
  }
  response.end(() => reply.closeAfter && socket?.end());
}

function bodyOf({ body }: ScriptedReply): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function headersOf({ body, headers }: ScriptedReply): OutgoingHttpHeaders {
  const isJson = body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body);
  return isJson ? { 'content-type': 'application/json', ...headers } : { ...headers };
}

/** Resolves once the bytes, headers before them, were handed to the kernel. */
async function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  if (bytes.length === 0) {
    response.flushHeaders();
    return;
  }
  await new Promise<void>((resolve, reject) => {
    response.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

async function trickle(
  response: ServerResponse,
  body: Buffer,
  { chunk, everyMs }: { readonly chunk: number; readonly everyMs: number },
  signal: AbortSignal,
): Promise<void> {
  for (let from = 0; from < body.length; from += chunk) {
    if (from > 0) await wait(everyMs, undefined, { signal });
    await write(response, body.subarray(from, from + chunk));
  }
}
