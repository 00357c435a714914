import { afterEach, describe, expect, it } from 'vitest';
import type { CompletionRequest, Provider } from '../../../src/core/request.ts';
import { createTransport } from '../../../src/provider/http-transport.ts';
import { createOpenAiProvider } from '../../../src/provider/openai/openai-provider.ts';
import { type ScriptedReply, startScriptedServer } from '../../helpers/scripted-server.ts';

const KEY = 'sk-TEST-canary';
const ANSWER = { choices: [{ message: { content: 'A summary.' }, finish_reason: 'stop' }] };

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function connect(reply: ScriptedReply, base: (url: string) => string = (url) => `${url}/v1`) {
  const server = await startScriptedServer([reply]);
  const provider = createOpenAiProvider({
    baseUrl: base(server.url),
    apiKey: KEY,
    transport: createTransport({ connections: 2, env: {} }),
  });
  cleanups.push(
    () => server.close(),
    () => provider.close(),
  );
  return { server, provider };
}

const request: CompletionRequest = {
  model: 'my-model',
  messages: [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'Summarise: “å”.' },
  ],
  params: {},
  document: { text: 'å', fields: {} },
};

const attempt = (provider: Provider, changes: Partial<CompletionRequest> = {}) =>
  provider.attempt({ ...request, ...changes }, new AbortController().signal);

describe('a request', () => {
  it('speaks chat completions with the key as a bearer token', async () => {
    const { server, provider } = await connect({ body: ANSWER });
    const answer = await attempt(provider, { maxOutputTokens: 64, temperature: 0.2 });
    expect(answer).toEqual({ text: 'A summary.', finish: { unified: 'stop', raw: 'stop' }, usage: {} });
    const [sent] = server.requests;
    expect(sent?.url).toBe('/v1/chat/completions');
    expect(sent?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
    });
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      model: 'my-model',
      messages: request.messages,
      max_tokens: 64,
      temperature: 0.2,
    });
  });

  it('lets parameters of the user win over everything else', async () => {
    const { server, provider } = await connect({ body: ANSWER });
    await attempt(provider, { maxOutputTokens: 64, params: { max_tokens: 32, seed: 7, stop: ['\n'] } });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({
      max_tokens: 32,
      seed: 7,
      stop: ['\n'],
    });
  });

  it('leaves out a model that is not named', async () => {
    const { server, provider } = await connect({ body: ANSWER });
    await attempt(provider, { model: '' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).not.toHaveProperty('model');
  });

  it('sends the user information of the URL as basic authorization', async () => {
    const { server, provider } = await connect({ body: ANSWER }, (url) => url.replace('://', '://me:pass@'));
    await attempt(provider);
    expect(server.requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('me:pass').toString('base64')}`,
    );
  });

  it('is sent once, whatever comes back', async () => {
    const { server, provider } = await connect({ status: 500, body: 'no' });
    await expect(attempt(provider)).rejects.toMatchObject({ code: 'server_error', status: 500 });
    expect(server.requests).toHaveLength(1);
  });
});

describe('an error', () => {
  it.each([
    [
      'a 401 that quotes the key',
      { status: 401, body: { error: { message: `bad key ${KEY}`, code: 'invalid_api_key' } } },
    ],
    [
      'a 400 that echoes the header',
      { status: 400, body: { error: { message: `got Authorization: Bearer ${KEY}` } } },
    ],
    [
      'a page that quotes the key',
      { status: 200, headers: { 'content-type': 'text/html' }, body: `<p>${KEY}</p>` },
    ],
    ['broken JSON that quotes the key', { status: 200, body: `{"${KEY}` }],
    [
      'a key at the edge of what is shown',
      { status: 400, body: { error: { message: `${'x'.repeat(285)} ${KEY}` } } },
    ],
    [
      'a redirect that holds the key',
      { status: 307, headers: { location: `https://evil.example/${KEY}?k=${KEY}` } },
    ],
  ] as const)('never shows the key: %s', async (_name, reply) => {
    const { provider } = await connect(reply);
    const error: Error & { hint?: string } = await attempt(provider).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    const everything = `${error.stack} ${error.message} ${error.hint} ${JSON.stringify(error)}`;
    expect(everything).not.toContain(KEY);
    expect(everything).not.toContain(KEY.slice(0, 10));
  });

  it('never shows the password or the query of the URL', async () => {
    const { provider } = await connect(
      { status: 404, body: 'no' },
      (url) => `${url.replace('://', '://me:passw0rd@')}/v1?key=QUERYKEY`,
    );
    const error = await attempt(provider).catch((thrown) => thrown);
    expect(`${error.message} ${error.hint}`).not.toMatch(/passw0rd|QUERYKEY/);
    expect(error.code).toBe('wrong_url');
  });

  it('names only the host to which a redirect points', async () => {
    const { server, provider } = await connect({
      status: 302,
      headers: { location: 'https://login.example/in?next=x' },
    });
    await expect(attempt(provider)).rejects.toMatchObject({
      code: 'wrong_url',
      message: `302: ${server.url}/v1/chat/completions redirects to https://login.example, which is not followed`,
    });
  });

  it('carries the status, the request id and the wait that is asked for', async () => {
    const { provider } = await connect({
      status: 429,
      headers: { 'x-request-id': 'req_1', 'retry-after': 'soon', 'retry-after-ms': '250' },
      body: { error: { message: 'Rate limit reached', code: 'rate_limit_exceeded' } },
    });
    await expect(attempt(provider)).rejects.toMatchObject({
      code: 'rate_limited',
      message: '429 rate_limit_exceeded: Rate limit reached',
      status: 429,
      requestId: 'req_1',
      retryAfterMs: 250,
    });
  });

  const spent = { 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '0' };

  it.each([
    ['the reset of what is used up', { 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
    ['its own word before that', { 'x-ratelimit-reset-requests': '6m0s', 'retry-after': '2' }, 2000],
    ['nothing that it does not say', {}, undefined],
  ])('carries the limits of a rejection, and as its wait %s', async (_name, headers, retryAfterMs) => {
    const { provider } = await connect({ status: 429, headers: { ...spent, ...headers }, body: {} });
    await expect(attempt(provider)).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs,
      limits: [{ unit: 'requests', limit: 60, remaining: 0 }],
    });
  });

  it('is one line without control characters, whatever the server writes', async () => {
    const { provider } = await connect({
      status: 400,
      body: { error: { message: `a\n\u001b[31mb${'c'.repeat(900)}` } },
    });
    const error = await attempt(provider).catch((thrown) => thrown);
    expect(error.message).toMatch(/^400: a \[31mbc+…$/);
    expect(error.message).toHaveLength(300);
  });
});

describe('createOpenAiProvider', () => {
  const transport = createTransport({ connections: 1, env: {} });

  it('asks for a key where OpenAI itself is to answer', () => {
    expect(() => createOpenAiProvider({ transport })).toThrow(
      expect.objectContaining({ code: 'missing_key' }),
    );
    expect(createOpenAiProvider({ transport, apiKey: KEY }).name).toBe('openai');
    expect(createOpenAiProvider({ transport, baseUrl: 'http://127.0.0.1:1' }).name).toBe('openai');
  });

  it.each([
    ['https://api.openai.com/v1', 'max-output'],
    ['https://mine.openai.azure.com/openai/v1', 'max-output'],
    ['https://api.anthropic.com/v1', 'actual'],
    ['http://127.0.0.1:8000/v1', undefined],
  ])('knows how %s counts an answer: %s', (baseUrl, counting) => {
    expect(createOpenAiProvider({ transport, apiKey: KEY, baseUrl }).counting).toBe(counting);
  });
});
