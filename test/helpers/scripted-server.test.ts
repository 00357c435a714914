import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { type ScriptedHandler, type ScriptedReply, startScriptedServer } from './scripted-server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(script: readonly ScriptedReply[] | ScriptedHandler) {
  const server = await startScriptedServer(script);
  open.push(server);
  return server;
}

describe('the scripted server', () => {
  it('plays a list in order and repeats the last reply', async () => {
    const server = await serve([{ status: 500, body: 'no' }, { body: { yes: 1 } }]);
    const seen: [number, string][] = [];
    for (let i = 0; i < 3; i++) {
      const reply = await request(server.url);
      seen.push([reply.statusCode, await reply.body.text()]);
    }
    expect(seen).toEqual([
      [500, 'no'],
      [200, '{"yes":1}'],
      [200, '{"yes":1}'],
    ]);
  });

  it('records what was asked', async () => {
    const server = await serve((incoming, n) => ({ body: `${n}:${incoming.body}` }));
    const reply = await request(`${server.url}/a?b=1`, {
      method: 'POST',
      body: 'é',
      headers: { 'x-y': 'z' },
    });
    expect(await reply.body.text()).toBe('0:é');
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/a?b=1', body: 'é' });
    expect(server.requests[0]?.headers['x-y']).toBe('z');
  });

  it('resets before the headers', async () => {
    const server = await serve([{ resetBeforeHeaders: true }]);
    await expect(request(server.url)).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/),
    });
  });

  it('resets in the middle of a body whose headers have arrived', async () => {
    const server = await serve([{ body: 'x'.repeat(1000), resetMidBody: true }]);
    const reply = await request(server.url);
    expect(reply.headers['content-length']).toBe('1000');
    await expect(reply.body.text()).rejects.toThrow();
  });

  it('cuts a body short of its announced length', async () => {
    const server = await serve([{ body: 'half', contentLength: 8 }]);
    const reply = await request(server.url);
    await expect(reply.body.text()).rejects.toThrow();
  });

  it('closes the connection after a reply', async () => {
    const server = await serve([{ body: 'a', closeAfter: true }]);
    for (let i = 0; i < 2; i++) expect(await (await request(server.url)).body.text()).toBe('a');
    expect(server.connections()).toBe(2);
  });

  it('trickles a body in chunks', async () => {
    const server = await serve([{ body: 'abcdefg', trickle: { chunk: 3, everyMs: 20 } }]);
    const chunks: string[] = [];
    for await (const chunk of (await request(server.url)).body) chunks.push(String(chunk));
    expect(chunks).toEqual(['abc', 'def', 'g']);
  });

  it('ends a hanging request and a delayed one when it closes', async () => {
    const server = await startScriptedServer((_incoming, n) =>
      n === 0 ? { hang: true } : { delayMs: 60_000 },
    );
    const hanging = [request(server.url), request(server.url)].map((call) => call.catch((error) => error));
    await expect.poll(() => server.requests.length).toBe(2);
    await server.close();
    for (const end of await Promise.all(hanging)) expect(end).toBeInstanceOf(Error);
  });
});
