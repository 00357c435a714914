import { describe, expect, it } from 'vitest';
import { startConnectProxy } from '../helpers/connect-proxy.ts';
import { answer } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';
import { summarise, texts, toInput } from './summarise.ts';

const PASSWORD = 'proxy-PASSWORD-canary';
const BASIC = `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}`;

/** Summarises one text in an environment made for the proxy; all that the run says is free of the password. */
async function through(environment: (address: string) => Record<string, string>, status?: number) {
  const proxy = await startConnectProxy(status);
  try {
    const args = ['--max-attempts', '1', '--log-level', 'trace'];
    const ended = await summarise([answer('Fine.')], {
      texts: texts(1),
      args,
      env: environment(proxy.address),
    });
    expect(ended.stdout + ended.stderr).not.toContain(PASSWORD);
    const [request] = ended.requests;
    return { ...ended, tunnels: proxy.tunnels, host: request?.headers.host };
  } finally {
    proxy.close();
  }
}

describe.concurrent('a proxy of the environment (case 58)', () => {
  it('carries the requests', async () => {
    const { exitCode, tunnels, host } = await through((address) => ({ http_proxy: `http://${address}` }));
    expect(exitCode).toBe(0);
    expect(tunnels).toEqual([{ to: host, authorization: undefined }]);
  });

  it('may be written without a scheme and with a password, which is never shown', async () => {
    const { exitCode, tunnels } = await through((address) => ({ HTTP_PROXY: `me:${PASSWORD}@${address}` }));
    expect(exitCode).toBe(0);
    expect(tunnels).toMatchObject([{ authorization: BASIC }]);
  });

  it('is left out where NO_PROXY names the endpoint', async () => {
    const noProxy = '127.0.0.1,localhost,.corp:8080';
    const { exitCode, tunnels } = await through((address) => ({ HTTP_PROXY: address, NO_PROXY: noProxy }));
    expect({ exitCode, tunnels }).toEqual({ exitCode: 0, tunnels: [] });
  });

  it('is used for what NO_PROXY does not name', async () => {
    const { tunnels } = await through((address) => ({
      HTTP_PROXY: address,
      no_proxy: 'localhost,.corp:8080',
    }));
    expect(tunnels).toHaveLength(1);
  });

  it('for HTTPS is asked for a tunnel to an HTTPS endpoint', async () => {
    const proxy = await startConnectProxy(502);
    try {
      const args = ['--base-url', 'https://endpoint.invalid/v1', '-m', 'm', '--max-attempts', '1'];
      const env = { HTTPS_PROXY: `http://me:${PASSWORD}@${proxy.address}` };
      const { stdout, stderr, exitCode } = await run(args, { input: toInput(texts(1)), env });
      expect(proxy.tunnels).toEqual([{ to: 'endpoint.invalid:443', authorization: BASIC }]);
      expect(stdout).toContain('the proxy answered 502 instead of opening a tunnel to endpoint.invalid');
      expect(stdout + stderr).not.toContain(PASSWORD);
      expect(exitCode).toBe(1);
    } finally {
      proxy.close();
    }
  });

  it('that refuses is named in the row, without its password', async () => {
    const { rows, requests } = await through((address) => ({ HTTP_PROXY: `me:${PASSWORD}@${address}` }), 407);
    expect(rows).toMatchObject([
      { error: { code: 'connection', message: expect.stringContaining('the proxy answered 407') } },
    ]);
    expect(requests).toEqual([]);
  });

  it('that cannot be one ends the run before any request, without showing the value', async () => {
    const { stderr, exitCode, requests } = await through(() => ({
      HTTP_PROXY: `socks5://me:${PASSWORD}@h:1`,
    }));
    expect(stderr).toContain('HTTP_PROXY is not the URL of an HTTP proxy');
    expect({ exitCode, sent: requests.length }).toEqual({ exitCode: 2, sent: 0 });
  });
});
