import { describe, expect, test } from 'vitest';
import { joinUrl } from '../../../src/provider/ollama/join-url.ts';
import { createOllamaProvider } from '../../../src/provider/ollama/ollama-provider.ts';
import { REQUEST, SCHEMA, sentBy } from '../helpers/sent-by.ts';

test.each([
  ['http://127.0.0.1:11434', '/api/chat'],
  ['http://127.0.0.1:11434/', '/api/chat'],
  ['http://127.0.0.1:11434/api', '/api/chat'],
  ['http://127.0.0.1:11434/api/', '/api/chat'],
  ['http://127.0.0.1:11434/api/chat', '/api/chat'],
  ['http://127.0.0.1:11434/api/generate', '/api/chat'],
  ['http://127.0.0.1:11434/v1', '/api/chat'],
  ['http://127.0.0.1:11434/v1/chat/completions', '/api/chat'],
  ['http://h/ollama//', '/ollama/api/chat'],
  ['http://h/ollama/api?a=b', '/ollama/api/chat?a=b'],
])('joins %s to the one right path', (base, path) => {
  const { pathname, search } = joinUrl(new URL(base));
  expect(pathname + search).toBe(path);
});

test('sends a request as the chat endpoint takes it, so that nothing is cut in silence', async () => {
  const [sent] = await sentBy(createOllamaProvider, [{}]);
  expect(sent?.url).toBe('/api/chat');
  expect(sent?.headers).toMatchObject({ authorization: 'Bearer key-1234' });
  expect(sent?.body).toEqual({
    model: 'model-1',
    messages: REQUEST.messages,
    stream: false,
    truncate: false,
    shift: false,
    options: { num_ctx: 4096, num_predict: 100, temperature: 0.3 },
  });
});

test('needs no key', async () => {
  const [sent] = await sentBy(createOllamaProvider, [{}], undefined, { apiKey: undefined });
  expect(sent?.headers).not.toHaveProperty('authorization');
});

describe('the context window', () => {
  const text = (bytes: number) => ({ messages: [{ role: 'user', content: 'x'.repeat(bytes) }] as const });
  const windows = (sent: Awaited<ReturnType<typeof sentBy>>) =>
    sent.map(({ body }) => (body.options as { num_ctx: number }).num_ctx);

  test('holds the request and its answer, and never shrinks', async () => {
    const changes = [text(10), text(30_000), text(10), { ...text(30_000), maxOutputTokens: 8000 }];
    expect(windows(await sentBy(createOllamaProvider, changes))).toEqual([4096, 16_384, 16_384, 32_768]);
  });

  test('is the one that is given', async () => {
    const create = (options: Parameters<typeof createOllamaProvider>[0]) =>
      createOllamaProvider({ ...options, contextTokens: 8192 });
    expect(windows(await sentBy(create, [text(10), text(300_000)]))).toEqual([8192, 8192]);
  });

  test('is the one of the user’s own parameters', async () => {
    const [sent] = await sentBy(createOllamaProvider, [
      { params: { options: { num_ctx: 2048 }, think: false } },
    ]);
    expect(sent?.body).toMatchObject({ options: { num_ctx: 2048, num_predict: 100 }, think: false });
  });
});

test('a schema goes as the format, else as any JSON', async () => {
  const changes = [{ schema: SCHEMA }, { schema: SCHEMA }, { schema: SCHEMA, params: { format: '' } }];
  const sent = await sentBy(createOllamaProvider, changes, () => ({
    status: 500,
    body: { error: 'failed to load grammar: failed to parse grammar' },
  }));
  expect(sent.map(({ body }) => body.format)).toEqual([SCHEMA.schema, 'json', '']);
});
