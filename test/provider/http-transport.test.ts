import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../../src/core/errors.ts';
import { createTransport, type Transport } from '../../src/provider/http-transport.ts';
import { type ScriptedHandler, type ScriptedReply, startScriptedServer } from '../helpers/scripted-server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(script: readonly ScriptedReply[] | ScriptedHandler) {
  const server = await startScriptedServer(script);
  cleanups.push(() => server.close());
  return server;
}

let transport: Transport;
function open(connections = 4, maxBodyBytes?: number): Transport {
  const opened = createTransport({
    connections,
    env: {},
    ...(maxBodyBytes !== undefined && { maxBodyBytes }),
  });
  cleanups.push(() => opened.close());
  return opened;
}
beforeEach(() => {
  transport = open();
});

const post = (url: string, through = transport, signal = new AbortController().signal) =>
  through.post({ url, headers: { 'x-mine': 'yes' }, body: 'body', signal });

const fault = (url: string, through = transport): Promise<ProviderError> =>
  post(url, through).then(
    () => expect.unreachable(),
    (error) => {
      expect(error).toBeInstanceOf(ProviderError);
      return error;
    },
  );

describe('a request', () => {
  it('carries method, path, query, headers and body, and brings back the whole reply', async () => {
    const server = await serve([
      {
        status: 418,
        headers: { 'X-Twice': ['a', 'b'] },
        body: 'å'.repeat(200_000),
        trickle: { chunk: 100_001, everyMs: 1 },
      },
    ]);
    const reply = await post(`${server.url}/v1/x?y=z`);
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/v1/x?y=z', body: 'body' });
    expect(server.requests[0]?.headers['x-mine']).toBe('yes');
    expect(reply).toMatchObject({ status: 418, headers: { 'x-twice': ['a', 'b'] } });
    expect(reply.body.toString()).toBe('å'.repeat(200_000));
  });

  it('reuses connections and opens no more than it may', async () => {
    const server = await serve([{ body: 'ok', delayMs: 5 }]);
    const two = open(2);
    await Promise.all(Array.from({ length: 20 }, () => post(server.url, two)));
    expect(server.requests).toHaveLength(20);
    expect(server.connections()).toBe(2);
  });

  it('goes past informational replies', async () => {
    const server = createHttpServer((_request, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' }, () => response.end('final'));
    }).listen(0, '127.0.0.1');
    cleanups.push(async () => server.close());
    await once(server, 'listening');
    const reply = await post(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect([reply.status, reply.body.toString()]).toEqual([200, 'final']);
  });

  it('follows no redirect', async () => {
    const server = await serve([{ status: 302, headers: { location: 'http://127.0.0.1:9/' } }]);
    expect((await post(server.url)).status).toBe(302);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a fault', () => {
  it('is a refused connection with its address and code', async () => {
    const server = await startScriptedServer([]);
    await server.close();
    const error = await fault(server.url);
    expect(error.code).toBe('connection');
    expect(error.message).toBe(`connection refused at ${server.url.slice(7)} (ECONNREFUSED)`);
  });

  it('is a reset before any byte', async () => {
    const server = await serve([{ resetBeforeHeaders: true }]);
    const error = await fault(server.url);
    expect(error.code).toBe('connection');
    expect(error.message).toMatch(
      /^connection (reset|closed) by the server.*\((ECONNRESET|UND_ERR_SOCKET)\)$/,
    );
  });

  it.each([
    ['reset in the middle of the body', { body: 'x'.repeat(50_000), resetMidBody: true }],
    ['shorter than announced', { body: 'short', contentLength: 500 }],
  ] as const)('is a body that is %s', async (_name, reply) => {
    const server = await serve([reply]);
    const error = await fault(server.url);
    expect(error).toMatchObject({ code: 'truncated_body', status: 200 });
    expect(error.message).toMatch(/^the answer was cut short after \d+ bytes \([A-Z_]+\)$/);
  });

  it('is a body larger than is accepted', async () => {
    const server = await serve([{ body: 'x'.repeat(2000) }]);
    expect((await fault(server.url, open(1, 1000))).code).toBe('response_too_large');
    expect((await post(server.url, open(1, 2000))).body).toHaveLength(2000);
  });

  it('is TLS spoken to a server without it', async () => {
    const server = await serve([{ body: 'ok' }]);
    const error = await fault(server.url.replace('http:', 'https:'));
    expect(error.code).toBe('connection');
    expect(error.message).toMatch(/^no trusted TLS connection to 127\.0\.0\.1:\d+: .*\([A-Z_]+\)$/);
  });

  it('is something that does not speak HTTP', async () => {
    const port = await listen((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    const error = await fault(`http://127.0.0.1:${port}/`);
    expect(error.message).toMatch(/^what answers at 127\.0\.0\.1:\d+ does not speak HTTP \(\w+\)$/);
  });

  it('leaves the pool usable when a server closes every connection after its reply', async () => {
    const server = await serve([{ body: 'ok', closeAfter: true }]);
    let served = 0;
    for (let i = 0; i < 20; i += 1) {
      const result = await post(server.url).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toMatchObject({ code: 'connection' });
      else served += 1;
    }
    expect(served).toBeGreaterThan(10);
  });
});

describe('an abort', () => {
  it('ends a request at once with its own reason, and frees the connection', async () => {
    const server = await serve((_request, n) => (n === 0 ? { hang: true } : { body: 'ok' }));
    const one = open(1);
    const controller = new AbortController();
    const hanging = post(server.url, one, controller.signal);
    while (server.requests.length === 0) await wait(2);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(hanging).rejects.toBe(reason);
    expect((await post(server.url, one)).status).toBe(200);
  });

  it('ends a request that waits for a connection', async () => {
    const server = await serve((_request, n) => (n === 0 ? { hang: true } : { body: 'ok' }));
    const one = open(1);
    const [first, second] = [new AbortController(), new AbortController()];
    const hanging = post(server.url, one, first.signal);
    while (server.requests.length === 0) await wait(2);
    const queued = post(server.url, one, second.signal);
    second.abort(new Error('queued'));
    await expect(queued).rejects.toThrow('queued');
    first.abort(new Error('hanging'));
    await expect(hanging).rejects.toThrow('hanging');
    expect((await post(server.url, one)).status).toBe(200);
    expect(server.requests).toHaveLength(2);
  });

  it('sends nothing when it came first', async () => {
    const server = await serve([{ body: 'ok' }]);
    await expect(post(server.url, transport, AbortSignal.abort(new Error('before')))).rejects.toThrow(
      'before',
    );
    expect(server.requests).toHaveLength(0);
  });
});

describe('closing', () => {
  it('ends requests in flight and connections that are still being opened', async () => {
    const sockets: Socket[] = [];
    const port = await listen((socket) => sockets.push(socket));
    const shaking = post(`https://127.0.0.1:${port}/`).catch((error: unknown) => error);
    while (sockets.length === 0) await wait(5);
    const ended = once(sockets[0] as Socket, 'close');
    await transport.close();
    await ended;
    expect(await shaking).toBeInstanceOf(Error);
  });
});

/** A bare TCP server; returns its port. */
async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).resume();
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  cleanups.push(async () => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
