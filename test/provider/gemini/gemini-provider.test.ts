import { describe, expect, test } from 'vitest';
import { createGeminiProvider } from '../../../src/provider/gemini/gemini-provider.ts';
import { joinUrl } from '../../../src/provider/gemini/join-url.ts';
import { createTransport } from '../../../src/provider/http-transport.ts';
import { SCHEMA, sentBy } from '../helpers/sent-by.ts';

const HOME = 'https://generativelanguage.googleapis.com';

describe('the URL', () => {
  test.each([
    [HOME, '/v1beta/models/m:generateContent'],
    [`${HOME}/`, '/v1beta/models/m:generateContent'],
    [`${HOME}/v1beta`, '/v1beta/models/m:generateContent'],
    [`${HOME}/v1beta/`, '/v1beta/models/m:generateContent'],
    [`${HOME}/v1`, '/v1/models/m:generateContent'],
    [`${HOME}/v1beta/models`, '/v1beta/models/m:generateContent'],
    [`${HOME}/v1beta/models/other:generateContent`, '/v1beta/models/m:generateContent'],
    [`${HOME}/v1beta/models/other:streamGenerateContent?alt=sse`, '/v1beta/models/m:generateContent?alt=sse'],
    [`${HOME}/v1beta/openai/`, '/v1beta/models/m:generateContent'],
    [`${HOME}/v1beta/openai/chat/completions`, '/v1beta/models/m:generateContent'],
    ['https://h/gateway', '/gateway/v1beta/models/m:generateContent'],
    [
      'https://h/v1/projects/p/locations/global/publishers/google',
      '/v1/projects/p/locations/global/publishers/google/models/m:generateContent',
    ],
    [`${HOME}/v1beta?key=SECRET&a=b`, '/v1beta/models/m:generateContent?a=b'],
  ])('is joined from %s', (base, path) => {
    const { pathname, search } = joinUrl(new URL(base), 'm');
    expect(pathname + search).toBe(path);
  });

  test.each([
    ['gemini-2.5-flash', 'models/gemini-2.5-flash'],
    ['models/gemini-2.5-flash', 'models/gemini-2.5-flash'],
    ['tunedModels/mine', 'tunedModels/mine'],
    ['a b?c', 'models/a%20b%3Fc'],
  ])('has the model %s', (model, resource) => {
    expect(joinUrl(new URL(HOME), model).pathname).toBe(`/v1beta/${resource}:generateContent`);
  });
});

test('sends a request as generateContent takes it', async () => {
  const [sent, other] = await sentBy(createGeminiProvider, [{}, { model: 'model-2' }]);
  expect(sent?.url).toBe('/v1beta/models/model-1:generateContent');
  expect(other?.url).toBe('/v1beta/models/model-2:generateContent');
  expect(sent?.headers).toMatchObject({ 'x-goog-api-key': 'key-1234' });
  expect(sent?.headers).not.toHaveProperty('authorization');
  expect(sent?.body).toEqual({
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      { role: 'user', parts: [{ text: 'Summarise.' }] },
      { role: 'model', parts: [{ text: 'What?' }] },
      { role: 'user', parts: [{ text: 'This.' }] },
    ],
    generationConfig: { maxOutputTokens: 100, temperature: 0.3 },
  });
});

test('lets parameters of the user win, one setting at a time', async () => {
  const params = { generationConfig: { temperature: 1, topP: 0.9 }, safetySettings: [] };
  const [sent] = await sentBy(createGeminiProvider, [{ params }]);
  expect(sent?.body).toMatchObject({
    generationConfig: { maxOutputTokens: 100, temperature: 1, topP: 0.9 },
    safetySettings: [],
  });
});

test('takes a key out of the URL and sends it as a header', async () => {
  const options = { path: '/v1beta?key=key-in-url', apiKey: undefined };
  const [sent] = await sentBy(createGeminiProvider, [{}], undefined, options);
  expect(sent?.url).toBe('/v1beta/models/model-1:generateContent');
  expect(sent?.headers).toMatchObject({ 'x-goog-api-key': 'key-in-url' });
});

describe('a schema', () => {
  test('goes as responseJsonSchema, else as any JSON, else in words alone', async () => {
    const words = [
      'Invalid JSON payload received. Unknown name "responseJsonSchema" at \'generation_config\': Cannot find field.',
      'JSON mode is not enabled for models/gemma-3-4b-it',
    ];
    const sent = await sentBy(createGeminiProvider, Array(3).fill({ schema: SCHEMA }), (_, n) => ({
      status: 400,
      body: { error: { code: 400, message: words[n] ?? 'x', status: 'INVALID_ARGUMENT' } },
    }));
    const [first, second, third] = sent.map(({ body }) => body.generationConfig);
    const usual = { maxOutputTokens: 100, temperature: 0.3 };
    const json = { responseMimeType: 'application/json' };
    expect(first).toEqual({ ...usual, ...json, responseJsonSchema: SCHEMA.schema });
    expect(second).toEqual({ ...usual, ...json });
    expect(third).toEqual(usual);
  });

  test('gives way to what the user has named', async () => {
    const generationConfig = { responseMimeType: 'text/plain' };
    const [sent] = await sentBy(createGeminiProvider, [{ schema: SCHEMA, params: { generationConfig } }]);
    expect(sent?.body.generationConfig).toEqual({
      ...{ maxOutputTokens: 100, temperature: 0.3 },
      ...generationConfig,
    });
  });
});

test('needs a key for Google itself', () => {
  const transport = createTransport({ connections: 1, env: {} });
  expect(() => createGeminiProvider({ transport })).toThrow(expect.objectContaining({ code: 'missing_key' }));
});
