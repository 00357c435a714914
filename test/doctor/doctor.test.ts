import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Check, Diagnosis } from '../../src/doctor/check.ts';
import { diagnose } from '../../src/doctor/doctor.ts';
import { doctorJson, doctorText } from '../../src/doctor/doctor-text.ts';
import { startConnectProxy } from '../helpers/connect-proxy.ts';
import { makeFolder } from '../helpers/folder.ts';
import {
  type ScriptedHandler,
  type ScriptedReply,
  type ScriptedServer,
  startScriptedServer,
} from '../helpers/scripted-server.ts';

const servers: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const KEY = 'sk-test-0123456789-abcdef-wxyz';
const MODELS: ScriptedReply = { body: { object: 'list', data: [{ id: 'small-1' }, { id: 'large-1' }] } };
const ANSWER: ScriptedReply = {
  headers: { 'x-ratelimit-limit-requests': '500', 'x-ratelimit-remaining-requests': '499' },
  body: {
    model: 'small-1-2026',
    choices: [{ message: { content: 'A ferry stops' }, finish_reason: 'length' }],
    usage: { prompt_tokens: 20, completion_tokens: 16 },
  },
};

async function serve(handler: ScriptedHandler): Promise<ScriptedServer> {
  const server = await startScriptedServer(handler);
  servers.push(server);
  return server;
}

/** A sound endpoint, unless something else is said of its list or its answers. */
function endpoint(models = MODELS, answer = ANSWER): Promise<ScriptedServer> {
  return serve(({ method }) => (method === 'GET' ? models : answer));
}

interface Given {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly mayAsk?: boolean;
}

async function doctor({ flags = {}, env = {}, files = {}, mayAsk = true }: Given): Promise<Diagnosis> {
  const { path } = await makeFolder(files);
  return diagnose({ flags, env, cwd: path, nodeVersion: 'v20.19.0', mayAsk });
}

function find({ checks }: Diagnosis, name: Check['name']): Check | undefined {
  return checks.findLast((check) => check.name === name);
}

function all(diagnosis: Diagnosis): string {
  return `${doctorText(diagnosis)} ${JSON.stringify(doctorJson(diagnosis))}`;
}

describe('a sound endpoint', () => {
  test('is well in every respect', async () => {
    const server = await endpoint();
    const diagnosis = await doctor({
      flags: { baseUrl: `${server.url}/v1`, model: 'small-1' },
      env: { GISTMILL_API_KEY: KEY },
    });
    expect(diagnosis.exitCode).toBe(0);
    expect(find(diagnosis, 'models')?.text).toBe(`GET ${server.url}/v1/models lists 2 models`);
    expect(find(diagnosis, 'model')).toMatchObject({ status: 'ok', text: 'small-1 is among them' });
    expect(find(diagnosis, 'request')?.text).toMatch(
      /^answered in \d+ ms, 20 tokens in and 16 out \(cut off there, as asked\); it calls itself small-1-2026$/,
    );
    expect(find(diagnosis, 'limits')?.text).toBe('500 requests, 499 left');
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
    expect(server.requests.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
    expect(JSON.parse(server.requests[1]?.body ?? '')).toMatchObject({ model: 'small-1', max_tokens: 16 });
  });

  test('gets no request where none may be sent, and is not called proven', async () => {
    const server = await endpoint();
    const flags = { baseUrl: server.url, model: 'small-1' };
    const diagnosis = await doctor({ flags, mayAsk: false });
    expect(diagnosis.exitCode).toBe(0);
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
    expect(find(diagnosis, 'request')).toMatchObject({
      status: 'skipped',
      text: expect.stringContaining('not proven'),
    });
  });

  test('without limits in its headers is said to have announced none', async () => {
    const { headers: _, ...quiet } = ANSWER;
    const server = await endpoint(MODELS, quiet);
    const diagnosis = await doctor({ flags: { baseUrl: server.url, model: 'small-1' } });
    expect(find(diagnosis, 'limits')).toMatchObject({
      status: 'note',
      text: expect.stringContaining('none announced'),
    });
  });
});

describe('a key', () => {
  test('is shown by its last four characters, or by its length alone, and with its place', async () => {
    const server = await endpoint();
    const flags = { baseUrl: server.url, model: 'small-1' };
    const long = await doctor({ flags, files: { '.env': `GISTMILL_API_KEY=${KEY}\n` } });
    expect(find(long, 'key')?.text).toBe('GISTMILL_API_KEY in .env: 30 characters, the last four are wxyz');
    expect(all(long)).not.toContain(KEY.slice(0, -4));
    const short = await doctor({ flags: { ...flags, apiKeyFile: 'k' }, files: { k: 'sekrit-key' } });
    expect(find(short, 'key')?.text).toBe('--api-key-file k: 10 characters');
    expect(all(short)).not.toContain('sekrit');
  });

  test('that is refused is the endpoint’s word, and no request follows', async () => {
    const refusal = { status: 401, body: { error: { message: `Incorrect API key provided: ${KEY}` } } };
    const server = await endpoint(refusal, refusal);
    const diagnosis = await doctor({
      flags: { baseUrl: server.url, model: 'small-1' },
      env: { GISTMILL_API_KEY: KEY },
    });
    expect(diagnosis.exitCode).toBe(3);
    expect(find(diagnosis, 'models')).toMatchObject({
      status: 'failed',
      text: expect.stringContaining('401'),
    });
    expect(find(diagnosis, 'request')?.status).toBe('skipped');
    expect(all(diagnosis)).not.toContain(KEY);
  });

  test('that is refused only when a model is asked is found out by the request', async () => {
    const server = await endpoint(MODELS, { status: 401, body: { error: { message: 'invalid api key' } } });
    const diagnosis = await doctor({ flags: { baseUrl: server.url, model: 'small-1' } });
    expect(diagnosis.exitCode).toBe(3);
    expect(find(diagnosis, 'request')).toMatchObject({
      status: 'failed',
      text: expect.stringContaining('invalid api key'),
    });
  });

  test('that is missing where one is needed is the configuration’s fault', async () => {
    const diagnosis = await doctor({ flags: { model: 'groq/llama' } });
    expect(diagnosis.exitCode).toBe(2);
    expect(find(diagnosis, 'configuration')).toMatchObject({
      status: 'failed',
      text: 'api.groq.com needs a key, and none is configured',
      hint: expect.stringContaining('GROQ_API_KEY'),
    });
  });
});

describe('a model', () => {
  test('that the endpoint does not know: the nearest names, and exit 3', async () => {
    const unknown = {
      status: 404,
      body: { error: { message: 'The model `smal-1` does not exist', code: 'model_not_found' } },
    };
    const server = await endpoint(MODELS, unknown);
    const diagnosis = await doctor({ flags: { baseUrl: server.url, model: 'smal-1' } });
    expect(diagnosis.exitCode).toBe(3);
    expect(find(diagnosis, 'model')).toMatchObject({ status: 'note', hint: 'did you mean small-1?' });
    expect(find(diagnosis, 'request')?.status).toBe('failed');
  });

  test('that is not listed but answers is fine; without a request it is worth a look', async () => {
    const server = await endpoint();
    const flags = { baseUrl: server.url, model: 'my-alias' };
    expect((await doctor({ flags })).exitCode).toBe(0);
    const unasked = await doctor({ flags, mayAsk: false });
    expect(unasked.exitCode).toBe(1);
    expect(find(unasked, 'model')?.status).toBe('warning');
  });

  test('that is not named: those that there are', async () => {
    const server = await endpoint();
    const diagnosis = await doctor({ flags: { baseUrl: server.url } });
    expect(diagnosis.exitCode).toBe(2);
    expect(find(diagnosis, 'model')?.text).toBe('those that it lists: small-1, large-1');
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('the way there', () => {
  test('ends where nothing listens', async () => {
    const diagnosis = await doctor({ flags: { baseUrl: 'http://127.0.0.1:1/v1', model: 'm' } });
    expect(diagnosis.exitCode).toBe(3);
    expect(find(diagnosis, 'connection')).toMatchObject({
      status: 'failed',
      text: expect.stringContaining('refused'),
    });
    expect(find(diagnosis, 'request')?.status).toBe('skipped');
    expect(find(diagnosis, 'limits')).toMatchObject({
      status: 'skipped',
      text: 'not seen: nothing has answered',
    });
  });

  test('leads to a web page', async () => {
    const page = {
      headers: { 'content-type': 'text/html' },
      body: '<html><body>Welcome to nginx!</body></html>',
    };
    const server = await endpoint(page, page);
    const diagnosis = await doctor({ flags: { baseUrl: server.url, model: 'm' } });
    expect(diagnosis.exitCode).toBe(3);
    expect(find(diagnosis, 'models')?.text).toMatch(/not a JSON API at .*Welcome to nginx!/);
    expect(find(diagnosis, 'request')?.status).toBe('skipped');
  });

  test('leads to what speaks TLS to nobody', async () => {
    const deaf = createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('hello\r\n'),
    );
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    servers.push({ close: () => new Promise((resolve) => deaf.close(resolve)) });
    const { port } = deaf.address() as { port: number };
    const diagnosis = await doctor({ flags: { baseUrl: `https://127.0.0.1:${port}/v1`, model: 'm' } });
    expect(diagnosis.exitCode).toBe(3);
    expect(find(diagnosis, 'connection')?.status).toBe('failed');
  });

  test('goes through a proxy, which is shown without its password', async () => {
    const server = await endpoint();
    const proxy = await startConnectProxy();
    servers.push({ close: async () => proxy.close() });
    const host = proxy.address;
    const env = { HTTP_PROXY: `http://me:pass-word@${host}` };
    const flags = { baseUrl: `${server.url}/v1`, model: 'small-1' };
    const through = await doctor({ flags, env });
    expect(find(through, 'proxy')?.text).toBe(`through http://***@${host}`);
    expect(find(through, 'connection')?.text).toContain('(the proxy)');
    expect(through.exitCode).toBe(0);
    expect(all(through)).not.toContain('pass-word');
    const past = await doctor({ flags, env: { ...env, NO_PROXY: '127.0.0.1' } });
    expect(find(past, 'proxy')?.text).toBe('none');
  });

  test('a list that is not there tells nothing: the request decides', async () => {
    const server = await endpoint({ status: 404, body: { detail: 'Not Found' } });
    const flags = { baseUrl: server.url, model: 'small-1' };
    const diagnosis = await doctor({ flags });
    expect(diagnosis.exitCode).toBe(0);
    expect(find(diagnosis, 'models')?.status).toBe('note');
    expect((await doctor({ flags, mayAsk: false })).exitCode).toBe(1);
  });
});

describe('the request', () => {
  test.each([
    ['asks to slow down', { status: 429, body: { error: { message: 'Rate limit reached' } } }, 1, 'warning'],
    ['has no credit', { status: 402, body: { error: { message: 'Insufficient balance' } } }, 3, 'failed'],
    ['fails', { status: 500, body: { error: { message: 'oh no' } } }, 3, 'failed'],
    [
      'thinks without end',
      { body: { choices: [{ message: { content: '' }, finish_reason: 'length' }] } },
      0,
      'ok',
    ],
  ] as const)('that %s', async (_what, reply, exitCode, status) => {
    const server = await endpoint(MODELS, reply);
    const diagnosis = await doctor({ flags: { baseUrl: server.url, model: 'small-1' } });
    expect(find(diagnosis, 'request')?.status).toBe(status);
    expect(diagnosis.exitCode).toBe(exitCode);
  });

  test('is sent in another form where the endpoint asks for that, as a run would', async () => {
    const server = await serve(({ method, body }) => {
      if (method === 'GET') return MODELS;
      return body.includes('max_tokens')
        ? {
            status: 400,
            body: { error: { message: "Unsupported parameter: 'max_tokens' is not supported" } },
          }
        : ANSWER;
    });
    const diagnosis = await doctor({ flags: { baseUrl: server.url, model: 'small-1' } });
    expect(diagnosis.checks.filter(({ name }) => name === 'request').map(({ status }) => status)).toEqual([
      'note',
      'ok',
    ]);
    expect(diagnosis.exitCode).toBe(0);
  });

  test('with a parameter set by hand that is not taken: the configuration is at fault', async () => {
    const reply = {
      status: 400,
      body: { error: { message: '`temperature` is deprecated for this model.' } },
    };
    const server = await endpoint(MODELS, reply);
    const diagnosis = await doctor({ flags: { baseUrl: server.url, model: 'small-1', temperature: '0.5' } });
    expect(find(diagnosis, 'request')?.text).toContain('--temperature 0.5');
    expect(diagnosis.exitCode).toBe(2);
  });
});

describe('other providers', () => {
  test('list their models in their own way', async () => {
    const anthropic = await endpoint({
      body: { data: [{ type: 'model', id: 'claude-x' }], has_more: false },
    });
    const flags = { provider: 'anthropic', baseUrl: anthropic.url, model: 'claude-x', apiKeyEnv: 'MY_KEY' };
    const first = await doctor({ flags, env: { MY_KEY: KEY }, mayAsk: false });
    expect(find(first, 'model')?.status).toBe('ok');
    expect(anthropic.requests[0]).toMatchObject({
      url: '/v1/models?limit=1000',
      headers: { 'x-api-key': KEY },
    });

    const gemini = await endpoint({ body: { models: [{ name: 'models/gemini-x' }] } });
    const asked = {
      provider: 'gemini',
      baseUrl: `${gemini.url}/v1beta`,
      model: 'gemini-x',
      apiKeyEnv: 'MY_KEY',
    };
    const second = await doctor({ flags: asked, env: { MY_KEY: KEY }, mayAsk: false });
    expect(find(second, 'model')?.status).toBe('ok');
    expect(gemini.requests[0]).toMatchObject({ url: '/v1beta/models?pageSize=1000' });
    expect(gemini.requests[0]?.headers['x-goog-api-key']).toBe(KEY);

    const ollama = await endpoint({ body: { models: [{ name: 'llama3:latest', model: 'llama3:latest' }] } });
    const local = { provider: 'ollama', baseUrl: ollama.url, model: 'llama3' };
    expect(find(await doctor({ flags: local, mayAsk: false }), 'model')?.status).toBe('ok');
    expect(ollama.requests[0]?.url).toBe('/api/tags');
  });

  test('of one’s own are asked, and that is all', async () => {
    const files = { 'p.mjs': `export default { name: 'mine', attempt: async () => ({ text: 'ok' }) }` };
    const diagnosis = await doctor({ flags: { provider: './p.mjs' }, files });
    expect(diagnosis.exitCode).toBe(0);
    expect(diagnosis.checks.map(({ name }) => name)).toEqual([
      'node',
      'sqlite',
      'configuration',
      'key',
      'request',
    ]);
  });

  test('of one’s own that are broken are the configuration’s fault', async () => {
    const diagnosis = await doctor({
      flags: { provider: './p.mjs' },
      files: { 'p.mjs': 'export default 1' },
    });
    expect(diagnosis.exitCode).toBe(2);
  });
});

test('each setting is shown with where it stands, without passwords', async () => {
  const server = await endpoint();
  const { host } = new URL(server.url);
  const diagnosis = await doctor({
    flags: { baseUrl: `http://me:pass-word@${host}/v1?key=topsecret` },
    env: { GISTMILL_RPM: '60' },
    files: { '.env': 'GISTMILL_MODEL=small-1\n', 'gistmill.config.json': '{"concurrency": 4}' },
  });
  const settings = new Map(diagnosis.settings.map(({ name, value, from }) => [name, `${value} (${from})`]));
  expect(Object.fromEntries(settings)).toEqual({
    'base-url': `http://***@${host}/v1?… (--base-url)`,
    model: 'small-1 (GISTMILL_MODEL in .env)',
    rpm: '60 (GISTMILL_RPM)',
    concurrency: '4 (gistmill.config.json, concurrency)',
    provider: 'openai (follows from base-url)',
  });
  expect(all(diagnosis)).not.toMatch(/pass-word|topsecret/);
});

test('a configuration that cannot be read is told of beside what is well', async () => {
  const diagnosis = await doctor({ env: { GISTMILL_RPM: 'many' } });
  expect(diagnosis.exitCode).toBe(2);
  expect(find(diagnosis, 'configuration')?.text).toContain('GISTMILL_RPM');
  expect(find(diagnosis, 'node')).toMatchObject({ status: 'ok', text: 'Node.js v20.19.0' });
});
