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

it('asks for the URL that the http provider needs', async () => {
  await expect(summarise({ provider: 'http' })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('--url'),
  });
});
