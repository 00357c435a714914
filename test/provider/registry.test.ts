import { afterEach, expect, it } from 'vitest';
import type { CompletionRequest, Provider } from '../../src/core/request.ts';
import { createProvider, type ProviderSettings } from '../../src/provider/registry.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const request: CompletionRequest = {
  model: 'm',
  messages: [{ role: 'user', content: 'Summarise.' }],
  params: {},
  document: { text: 'A text.', fields: {} },
};

async function create(settings: Partial<ProviderSettings>): Promise<Provider> {
  const provider = await createProvider({
    provider: 'local',
    bodyType: 'json',
    concurrency: 2,
    maxConcurrency: 512,
    env: {},
    ...settings,
  });
  cleanups.push(() => provider.close());
  return provider;
}

async function summarise(settings: Partial<ProviderSettings>): Promise<string> {
  return (await (await create(settings)).attempt(request, new AbortController().signal)).text;
}

it('gives the provider that the settings name', async () => {
  const server = await startScriptedServer(({ url }) => ({
    body: url.startsWith('/v1')
      ? { choices: [{ message: { content: 'from openai' } }] }
      : { summary: 'from http' },
  }));
  cleanups.push(() => server.close());
  expect(await summarise({ provider: 'openai', baseUrl: server.url })).toBe('from openai');
  expect(await summarise({ provider: 'http', url: `${server.url}/sum` })).toBe('from http');
  expect((await create({ provider: 'local' })).name).toBe('local');
});

it.each([
  ['anthropic', {}, '/v1/messages'],
  ['gemini', {}, '/v1beta/models/m:generateContent'],
  ['ollama', { context: 8192 }, '/api/chat'],
  ['openai-responses', {}, '/v1/responses'],
  ['azure', {}, '/openai/v1/chat/completions'],
  ['azure', { env: { OPENAI_API_VERSION: 'V' } }, '/openai/deployments/m/chat/completions?api-version=V'],
  ['bedrock', { env: { AWS_BEARER_TOKEN_BEDROCK: 'own-key' } }, '/model/m/converse'],
] as const)('gives %s with %j', async (provider, settings, url) => {
  const server = await startScriptedServer(() => ({ status: 500 }));
  cleanups.push(() => server.close());
  const headers = { 'x-team': 'a' };
  const asked = summarise({ provider, baseUrl: server.url, headers, ...settings });
  await expect(asked).rejects.toMatchObject({ code: 'server_error' });
  expect(server.requests[0]).toMatchObject({ url, headers });
  const told = JSON.stringify(server.requests[0]);
  if (provider === 'bedrock') expect(told).toContain('Bearer own-key');
  if (provider === 'ollama') expect(told).toContain('\\"num_ctx\\":8192');
});

it('signs for bedrock with the keys of AWS', async () => {
  const server = await startScriptedServer(() => ({ status: 500 }));
  cleanups.push(() => server.close());
  const env = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };
  const settings = { provider: 'bedrock', baseUrl: server.url, env } as const;
  await expect(summarise(settings)).rejects.toMatchObject({ code: 'server_error' });
  const { authorization } = server.requests[0]?.headers ?? {};
  expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/bedrock\//);
});

it('asks for the URL that the http provider needs', async () => {
  await expect(summarise({ provider: 'http' })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('--url'),
  });
});
