import { expect, test } from 'vitest';
import { createTransport } from '../../../src/provider/http-transport.ts';
import { joinUrl } from '../../../src/provider/openai-responses/join-url.ts';
import { createOpenAiResponsesProvider } from '../../../src/provider/openai-responses/openai-responses-provider.ts';
import { SCHEMA, sentBy } from '../helpers/sent-by.ts';

test.each([
  ['https://api.openai.com', 'https://api.openai.com/v1/responses'],
  ['https://api.openai.com/', 'https://api.openai.com/v1/responses'],
  ['https://api.openai.com/v1', 'https://api.openai.com/v1/responses'],
  ['https://api.openai.com//v1/', 'https://api.openai.com/v1/responses'],
  ['https://api.openai.com/v1/responses', 'https://api.openai.com/v1/responses'],
  ['https://api.openai.com/v1/responses/', 'https://api.openai.com/v1/responses'],
  ['https://api.openai.com/v1/chat/completions', 'https://api.openai.com/v1/responses'],
  ['https://h/gateway/openai?a=b', 'https://h/gateway/openai/responses?a=b'],
  ['https://me.openai.azure.com/openai/v1/', 'https://me.openai.azure.com/openai/v1/responses'],
])('joins %s to the one right path', (base, url) => {
  expect(joinUrl(new URL(base)).href).toBe(url);
});

test('sends a request as the Responses API takes it, not to be kept there', async () => {
  const [sent] = await sentBy(createOpenAiResponsesProvider, [{}]);
  expect(sent?.url).toBe('/v1/responses');
  expect(sent?.headers).toMatchObject({ authorization: 'Bearer key-1234' });
  expect(sent?.body).toEqual({
    model: 'model-1',
    instructions: 'Be brief.',
    input: [
      { role: 'user', content: 'Summarise.' },
      { role: 'assistant', content: 'What?' },
      { role: 'user', content: 'This.' },
    ],
    max_output_tokens: 100,
    temperature: 0.3,
    store: false,
  });
});

test('lets parameters of the user win', async () => {
  const params = { store: true, text: { verbosity: 'low' }, reasoning: { effort: 'low' } };
  const [sent] = await sentBy(createOpenAiResponsesProvider, [{ params, schema: SCHEMA }]);
  expect(sent?.body).toMatchObject({
    ...params,
    text: { verbosity: 'low', format: { type: 'json_schema', name: 'news', strict: true } },
  });
});

test('a schema goes strictly, else as it is, else as any object', async () => {
  const changes = Array(3).fill({ schema: SCHEMA });
  const sent = await sentBy(createOpenAiResponsesProvider, changes, () => ({
    status: 400,
    body: {
      error: {
        message: "Invalid parameter: 'text.format' of type 'json_schema' is not supported with this model.",
        type: 'invalid_request_error',
        param: 'text.format',
        code: null,
      },
    },
  }));
  const described = { type: 'json_schema', name: 'news', schema: SCHEMA.schema };
  expect(sent.map(({ body }) => (body.text as { format: unknown }).format)).toEqual([
    { ...described, strict: true },
    { ...described, strict: false },
    { type: 'json_object' },
  ]);
});

test('needs a key for OpenAI itself', () => {
  const transport = createTransport({ connections: 1, env: {} });
  expect(() => createOpenAiResponsesProvider({ transport })).toThrow(
    expect.objectContaining({ code: 'missing_key' }),
  );
});
