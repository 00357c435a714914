import { describe, expect, test } from 'vitest';
import { contextWindowOf } from '../../src/pricing/context-window.ts';

const OPENAI = 'https://api.openai.com/v1';
const GATEWAY = 'https://llm.example.com/v1';

function at(baseUrl: string | undefined, model: string, provider = 'openai'): Promise<unknown> {
  return contextWindowOf({ provider, baseUrl, model });
}

describe('the context window of a model', () => {
  test.each([
    [OPENAI, 'gpt-4o-mini', 128_000],
    [OPENAI, 'gpt-3.5-turbo', 16_385],
    ['https://openrouter.ai/api/v1', 'openai/gpt-4o', 128_000],
    ['https://me.openai.azure.com/openai/v1', 'gpt-4o', 128_000],
    ['https://api.deepseek.com', 'deepseek-chat', 64_000],
  ])('comes from the table, by place and name: %s %s', async (baseUrl, model, contextTokens) => {
    expect(await at(baseUrl, model)).toEqual({ contextTokens });
  });

  test.each([
    ['gpt-4o', 128_000],
    ['openai/gpt-4o-2024-08-06', 128_000],
    ['anthropic/claude-3.5-sonnet', 200_000],
    ['o3-mini', 200_000],
  ])('goes by the name alone where only its maker runs the model: %s', async (model, contextTokens) => {
    expect(await at(GATEWAY, model)).toEqual({ contextTokens });
  });

  test('goes by the name where a known place has the model but not its window', async () => {
    expect(await at('https://openrouter.ai/api/v1', 'anthropic/claude-3.5-sonnet')).toEqual({
      contextTokens: 200_000,
    });
  });

  test.each([
    'mistral-small-latest',
    'deepseek-chat',
    'gpt-oss-20b',
    'llama3.2',
    'gpt-9',
    'no-such-model',
    '',
  ])('is unknown elsewhere for others: %s', async (model) => {
    expect(await at(GATEWAY, model)).toBeUndefined();
  });

  test.each(['http://127.0.0.1:8080/v1', 'https://localhost/v1', 'http://vllm:8000/v1', undefined])(
    "is unknown at one's own server, whatever the model is called: %s",
    async (baseUrl) => {
      expect(await at(baseUrl, 'gpt-4o')).toBeUndefined();
    },
  );

  test('is none for the built-in summariser', async () => {
    expect(await at(OPENAI, 'gpt-4o', 'local')).toBeUndefined();
  });
});
