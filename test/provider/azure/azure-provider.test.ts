import { describe, expect, test } from 'vitest';
import { type AzureOptions, createAzureProvider } from '../../../src/provider/azure/azure-provider.ts';
import { joinUrl } from '../../../src/provider/azure/join-url.ts';
import { createTransport } from '../../../src/provider/http-transport.ts';
import { REQUEST, sentBy } from '../helpers/sent-by.ts';

describe('the URL', () => {
  const v1 = '/openai/v1/chat/completions';
  const classic = '/openai/deployments/my-gpt/chat/completions';

  test.each([
    ['', undefined, v1],
    ['/', undefined, v1],
    ['/openai', undefined, v1],
    ['/openai/v1', undefined, v1],
    ['/openai/v1/', undefined, v1],
    ['/v1', undefined, v1],
    ['/openai/v1/chat/completions', undefined, v1],
    ['/openai/v1/responses', undefined, v1],
    ['/openai/v1?api-version=preview', undefined, `${v1}?api-version=preview`],
    ['/openai/v1', '2024-06-01', v1],
    ['', 'preview', v1],
    ['', '2024-06-01', `${classic}?api-version=2024-06-01`],
    ['/openai', '2024-06-01', `${classic}?api-version=2024-06-01`],
    ['/openai/deployments', '2024-06-01', `${classic}?api-version=2024-06-01`],
    ['?api-version=2025-01-01-preview', '2024-06-01', `${classic}?api-version=2025-01-01-preview`],
    [
      '/openai/deployments/other?api-version=2024-06-01',
      undefined,
      '/openai/deployments/other/chat/completions?api-version=2024-06-01',
    ],
    [
      '/openai/deployments/other/chat/completions?api-version=2024-06-01',
      undefined,
      '/openai/deployments/other/chat/completions?api-version=2024-06-01',
    ],
    [
      '/openai/deployments/other/',
      undefined,
      '/openai/deployments/other/chat/completions?api-version=2024-10-21',
    ],
    ['/gateway/openai/v1', undefined, `/gateway${v1}`],
    ['/gateway', '2024-06-01', `/gateway${classic}?api-version=2024-06-01`],
  ])('is joined from %s with version %s', (base, version, expected) => {
    const { pathname, search } = joinUrl(new URL(`https://me.openai.azure.com${base}`), 'my-gpt', version);
    expect(pathname + search).toBe(expected);
  });
});

test('sends chat completions with the key in its own header, whatever the host', async () => {
  const create = (options: AzureOptions) => createAzureProvider({ ...options, apiVersion: '2024-10-21' });
  const [sent, other] = await sentBy(create, [{}, { model: 'model 2' }]);
  expect(sent?.url).toBe('/openai/deployments/model-1/chat/completions?api-version=2024-10-21');
  expect(other?.url).toBe('/openai/deployments/model%202/chat/completions?api-version=2024-10-21');
  expect(sent?.headers).toMatchObject({ 'api-key': 'key-1234' });
  expect(sent?.headers).not.toHaveProperty('authorization');
  expect(sent?.body).toEqual({
    messages: REQUEST.messages,
    model: 'model-1',
    max_tokens: 100,
    temperature: 0.3,
  });
});

test('needs a resource, and a key where it is at Azure', () => {
  const transport = createTransport({ connections: 1, env: {} });
  expect(() => createAzureProvider({ transport, apiKey: 'key-1234' })).toThrow(
    expect.objectContaining({ code: 'usage', hint: expect.stringContaining('--base-url') }),
  );
  expect(() => createAzureProvider({ transport, baseUrl: 'https://me.openai.azure.com' })).toThrow(
    expect.objectContaining({ code: 'missing_key' }),
  );
});
