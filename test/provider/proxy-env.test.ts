import { afterEach, describe, expect, it } from 'vitest';
import { createTransport } from '../../src/provider/http-transport.ts';
import { proxyFor, proxySettings } from '../../src/provider/proxy-env.ts';
import { startConnectProxy } from '../helpers/connect-proxy.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startProxy(status?: number) {
  const proxy = await startConnectProxy(status);
  cleanups.push(async () => proxy.close());
  return proxy;
}

async function postThrough(env: Record<string, string>) {
  const server = await startScriptedServer([{ body: 'ok' }]);
  const transport = createTransport({ connections: 2, env });
  cleanups.push(
    () => server.close(),
    () => transport.close(),
  );
  const url = `${server.url}/v1`;
  const reply = await transport.post({
    url,
    headers: { a: 'b' },
    body: '',
    signal: new AbortController().signal,
  });
  return { status: reply.status, host: server.url.slice('http://'.length) };
}

describe('a proxy of the environment', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])(
    'is used when named by %s, without a scheme and with a password',
    async (name) => {
      const proxy = await startProxy();
      const { status, host } = await postThrough({ [name]: `me:secret@${proxy.address}` });
      expect(status).toBe(200);
      const authorization = `Basic ${Buffer.from('me:secret').toString('base64')}`;
      expect(proxy.tunnels).toEqual([{ to: host, authorization }]);
    },
  );

  it.each(['127.0.0.1', '127.0.0.1,localhost,.corp:8080', '*'])(
    'is left out by NO_PROXY=%s',
    async (noProxy) => {
      const proxy = await startProxy();
      expect((await postThrough({ HTTP_PROXY: proxy.address, NO_PROXY: noProxy })).status).toBe(200);
      expect(proxy.tunnels).toEqual([]);
    },
  );

  it('is used for what NO_PROXY does not name', async () => {
    const proxy = await startProxy();
    await postThrough({ HTTP_PROXY: proxy.address, no_proxy: 'localhost,.corp:8080,127.0.0.1:1' });
    expect(proxy.tunnels).toHaveLength(1);
  });

  it('says when it refuses, without its password', async () => {
    const proxy = await startProxy(407);
    const error = await postThrough({ HTTP_PROXY: `me:secret@${proxy.address}` }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: 'connection',
      message: expect.stringContaining('the proxy answered 407'),
    });
    expect(String(error)).not.toContain('secret');
  });
});

describe('proxySettings', () => {
  it('is nothing where no variable is set, or only to an empty text', () => {
    expect(proxySettings({})).toBeUndefined();
    expect(proxySettings({ HTTP_PROXY: '', https_proxy: ' ', NO_PROXY: 'x' })).toBeUndefined();
  });

  it('prefers the lower-case spelling', () => {
    expect(proxySettings({ HTTPS_PROXY: 'a:1', https_proxy: 'b:2' })?.httpsProxy).toBe('http://b:2');
  });

  it.each(['socks5://h:1', 'http://', 'user:secret@@:x'])('refuses %j without showing it', (value) => {
    expect(() => proxySettings({ HTTPS_PROXY: value })).toThrow(
      expect.objectContaining({ code: 'usage', message: 'HTTPS_PROXY is not the URL of an HTTP proxy' }),
    );
  });
});

describe('proxyFor', () => {
  const of = (env: Record<string, string>, url: string) => proxyFor(env, new URL(url))?.host;

  it.each([
    [{}, 'http://h/', undefined],
    [{ HTTP_PROXY: 'p:1' }, 'http://h/', 'p:1'],
    [{ HTTP_PROXY: 'p:1' }, 'https://h/', 'p:1'],
    [{ HTTPS_PROXY: 'p:1' }, 'http://h/', undefined],
    [{ HTTP_PROXY: 'p:1', HTTPS_PROXY: 'q:2' }, 'https://h/', 'q:2'],
    [{ HTTP_PROXY: 'p:1', NO_PROXY: '*' }, 'http://h/', undefined],
    [{ HTTP_PROXY: 'p:1', NO_PROXY: 'a.example, .b.example' }, 'http://x.b.example/', undefined],
    [{ HTTP_PROXY: 'p:1', NO_PROXY: 'b.example' }, 'http://ab.example/', 'p:1'],
    [{ HTTP_PROXY: 'p:1', NO_PROXY: 'h:81' }, 'http://h/', 'p:1'],
    [{ HTTP_PROXY: 'p:1', NO_PROXY: 'h:80' }, 'http://h/', undefined],
    [{ HTTP_PROXY: 'p:1', NO_PROXY: 'h:443' }, 'https://h/', undefined],
  ])('%j, %s: %s', (env, url, host) => {
    expect(of(env as Record<string, string>, url)).toBe(host);
  });

  it.each(['127.0.0.1', '127.0.0.1:1', '*', 'elsewhere'])(
    'agrees with what is used, with NO_PROXY=%s',
    async (names) => {
      const proxy = await startProxy();
      const env = { HTTP_PROXY: proxy.address, NO_PROXY: names };
      const server = await startScriptedServer([{ body: 'ok' }]);
      const transport = createTransport({ connections: 1, env });
      cleanups.push(
        () => server.close(),
        () => transport.close(),
      );
      const signal = new AbortController().signal;
      await transport.post({ url: server.url, headers: {}, body: '', signal });
      expect(proxy.tunnels.length > 0).toBe(proxyFor(env, new URL(server.url)) !== undefined);
    },
  );
});
