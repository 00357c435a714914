import { describe, expect, test } from 'vitest';
import { createAnthropicProvider } from '../../../src/provider/anthropic/anthropic-provider.ts';
import { joinUrl } from '../../../src/provider/anthropic/join-url.ts';
import { writeBody } from '../../../src/provider/anthropic/write-body.ts';
import { createTransport } from '../../../src/provider/http-transport.ts';
import { SCHEMA, sentBy } from '../helpers/sent-by.ts';

test.each([
  ['https://api.anthropic.com', 'https://api.anthropic.com/v1/messages'],
  ['https://api.anthropic.com/', 'https://api.anthropic.com/v1/messages'],
  ['https://api.anthropic.com/v1', 'https://api.anthropic.com/v1/messages'],
  ['https://api.anthropic.com//v1//', 'https://api.anthropic.com/v1/messages'],
  ['https://api.anthropic.com/v1/messages', 'https://api.anthropic.com/v1/messages'],
  ['https://api.anthropic.com/v1/messages/', 'https://api.anthropic.com/v1/messages'],
  ['https://api.anthropic.com/v1/messages/count_tokens', 'https://api.anthropic.com/v1/messages'],
  ['https://api.anthropic.com/v1/complete', 'https://api.anthropic.com/v1/messages'],
  ['https://api.anthropic.com/v1/chat/completions', 'https://api.anthropic.com/v1/messages'],
  ['https://h/anthropic', 'https://h/anthropic/v1/messages'],
  ['https://h/gateway/v1?team=a', 'https://h/gateway/v1/messages?team=a'],
  ['https://h/own/messages', 'https://h/own/messages'],
])('joins %s to the one right path', (base, url) => {
  expect(joinUrl(new URL(base)).href).toBe(url);
});

test('sends a request as the Messages API takes it', async () => {
  const [sent] = await sentBy(createAnthropicProvider, [{}]);
  expect(sent?.url).toBe('/v1/messages');
  expect(sent?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-api-key': 'key-1234',
    'anthropic-version': '2023-06-01',
  });
  expect(sent?.headers).not.toHaveProperty('authorization');
  expect(sent?.body).toEqual({
    model: 'model-1',
    max_tokens: 100,
    system: 'Be brief.',
    messages: [
      { role: 'user', content: 'Summarise.' },
      { role: 'assistant', content: 'What?' },
      { role: 'user', content: 'This.' },
    ],
    temperature: 0.3,
  });
});

test('always bounds the answer, and leaves the rest to the API', () => {
  const messages = [{ role: 'user', content: 'Hi' }] as const;
  const bare = { model: 'm', messages, params: {}, document: { text: '', fields: {} } };
  expect(JSON.parse(writeBody(bare, undefined))).toEqual({ model: 'm', max_tokens: 4096, messages });
});

test('lets headers and parameters of the user win', async () => {
  const headers = { 'Anthropic-Version': '2024-01-01', 'anthropic-beta': 'context-1m' };
  const params = { system: 'Mine.', output_config: { effort: 'low' } };
  const [sent] = await sentBy(createAnthropicProvider, [{ params, schema: SCHEMA }], undefined, { headers });
  expect(sent?.headers).toMatchObject({ 'anthropic-version': '2024-01-01', 'anthropic-beta': 'context-1m' });
  expect(sent?.body).toMatchObject({
    system: 'Mine.',
    output_config: { effort: 'low', format: { type: 'json_schema', schema: SCHEMA.schema } },
  });
});

describe('a schema', () => {
  const refused = (message: string) => ({
    status: 400,
    body: { type: 'error', error: { type: 'invalid_request_error', message } },
  });

  test('goes as output_config.format, else as a tool that has to be used, else in words alone', async () => {
    const sent = await sentBy(createAnthropicProvider, Array(4).fill({ schema: SCHEMA }), (_, n) => {
      if (n === 0) return refused('output_config.format: Extra inputs are not permitted');
      if (n === 1) return refused('Thinking may not be enabled when tool_choice forces tool use.');
      return { body: { content: [{ type: 'text', text: '{"topic":"x"}' }], stop_reason: 'end_turn' } };
    });
    const [first, second, third, fourth] = sent;
    expect(first?.body.output_config).toEqual({ format: { type: 'json_schema', schema: SCHEMA.schema } });
    expect(first?.result).toMatchObject({
      code: 'format_refused',
      message: 'the endpoint does not take output_config.format: the schema goes by a tool',
    });
    expect(second?.body).toMatchObject({
      tools: [{ name: 'give_answer', input_schema: SCHEMA.schema }],
      tool_choice: { type: 'tool', name: 'give_answer' },
    });
    expect(second?.result).toMatchObject({ code: 'format_refused' });
    for (const { body, result } of [third, fourth].flatMap((one) => one ?? [])) {
      expect(Object.keys(body)).not.toContain('tools');
      expect(Object.keys(body)).not.toContain('output_config');
      expect(result).toMatchObject({ text: '{"topic":"x"}' });
    }
  });

  test.each([
    { output_config: { format: { type: 'json_schema', schema: {} } } },
    { tools: [{ name: 'x', input_schema: { type: 'object' } }] },
  ])('gives way to what the user has named: %j', async (params) => {
    const [sent] = await sentBy(createAnthropicProvider, [{ schema: SCHEMA, params }]);
    expect(sent?.body).toMatchObject(params);
    expect(Object.keys(sent?.body ?? {}).filter((key) => key === 'tools' || key === 'output_config')).toEqual(
      Object.keys(params),
    );
  });
});

test('needs a key for Anthropic itself, and none elsewhere', async () => {
  const transport = createTransport({ connections: 1, env: {} });
  expect(() => createAnthropicProvider({ transport })).toThrow(
    expect.objectContaining({ code: 'missing_key' }),
  );
  const elsewhere = createAnthropicProvider({ transport, baseUrl: 'http://127.0.0.1:1' });
  await elsewhere.close();
});
