import { describe, expect, test } from 'vitest';
import type { CatalogEntry } from '../../src/catalog/entry.ts';
import { findProvider, isAtHome, providerAt, wireOf } from '../../src/catalog/find-provider.ts';
import { knownDialect } from '../../src/catalog/known-dialect.ts';
import { PROVIDERS } from '../../src/catalog/providers.ts';
import { splitModel } from '../../src/catalog/split-model.ts';
import { countingOf } from '../../src/catalog/token-counting.ts';

const ENTRIES: readonly CatalogEntry[] = PROVIDERS;
const REMOTE = ENTRIES.filter(({ wire }) => wire !== 'http' && wire !== 'local');

describe('the table of providers', () => {
  test('has each name once, in letters that need no quotes', () => {
    const names = ENTRIES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z-]*$/);
  });

  test.each(REMOTE)(
    'says where $name is and what it is from',
    ({ baseUrl, urlExample, source, selfHosted }) => {
      const url = baseUrl?.replace('{region}', 'us-east-1') ?? urlExample ?? '';
      expect(URL.canParse(url)).toBe(true);
      expect(url).not.toMatch(/\/$/);
      expect(new URL(url).protocol).toBe(selfHosted ? 'http:' : 'https:');
      expect(source).toMatch(/^https:\/\//);
    },
  );

  test.each(REMOTE)('asks of $name a key exactly where it names a variable for one', (entry) => {
    expect(entry.needsKey).toBe(entry.keyVariables.length > 0);
  });

  test('gives no variable to two providers with different homes', () => {
    for (const entry of REMOTE) {
      for (const other of REMOTE) {
        const shares = entry.keyVariables.some((name) => other.keyVariables.includes(name));
        if (shares) expect(other.baseUrl).toBe(entry.baseUrl);
      }
    }
  });
});

describe('a URL is a provider’s home', () => {
  test.each([
    ['https://api.openai.com/v1/chat/completions', 'openai'],
    ['https://api.groq.com/openai/v1', 'groq'],
    ['https://me.openai.azure.com/openai/v1', 'azure'],
    ['https://me.services.ai.azure.com', 'azure'],
    ['https://bedrock-runtime.eu-central-1.amazonaws.com', 'bedrock'],
    ['https://api.together.xyz/v1', 'together'],
  ])('%s: %s', (url, name) => {
    expect(providerAt(new URL(url))?.name).toBe(name);
  });

  test.each([
    'http://api.openai.com/v1',
    'https://api.openai.com.evil.example/v1',
    'https://evil-openai.azure.com.example/v1',
    'http://me.openai.azure.com',
    'https://bedrock-runtime.eu-central-1.amazonaws.com.evil.example',
  ])('%s: nobody’s', (url) => {
    expect(providerAt(new URL(url))).toBeUndefined();
  });

  test('a host of one is not that of another', () => {
    const groq = findProvider('groq') as CatalogEntry;
    expect(isAtHome(groq, new URL('https://api.openai.com/v1'))).toBe(false);
  });
});

test('how an answer counts is known of those who have said it', () => {
  expect(countingOf(new URL('https://api.openai.com/v1'))).toBe('max-output');
  expect(countingOf(new URL('https://me.openai.azure.com/openai/v1'))).toBe('max-output');
  expect(countingOf(new URL('https://api.anthropic.com'))).toBe('actual');
  expect(countingOf(new URL('https://api.groq.com/openai/v1'))).toBeUndefined();
  expect(countingOf(new URL('http://127.0.0.1:8000/v1'))).toBeUndefined();
});

test('a model is taken apart at its first slash', () => {
  expect(splitModel('gpt-4o')).toEqual({ isKnown: false, model: 'gpt-4o' });
  expect(splitModel('openrouter/openai/gpt-4o')).toEqual({
    ...{ prefix: 'openrouter', isKnown: true },
    model: 'openai/gpt-4o',
  });
  expect(splitModel('meta-llama/Llama-3')).toMatchObject({ prefix: 'meta-llama', isKnown: false });
});

test('what a name stands for on the wire; a name that nobody has is one of the user’s own', () => {
  expect(wireOf('groq')).toBe('openai');
  expect(wireOf('anthropic')).toBe('anthropic');
  expect(wireOf('./mine.mjs')).toBe('own');
});

describe('what is known beforehand', () => {
  test.each([
    ['openai', 'gpt-4o', { maxTokensParam: 'max_completion_tokens' }],
    ['openai', 'o3-mini', { maxTokensParam: 'max_completion_tokens', noTemperature: true }],
    ['openai', 'gpt-5-mini-2025-08-07', { maxTokensParam: 'max_completion_tokens', noTemperature: true }],
    ['openai', 'gpt-5.1', { maxTokensParam: 'max_completion_tokens' }],
    ['openai', 'gpt-5-chat-latest', { maxTokensParam: 'max_completion_tokens' }],
    ['openai-responses', 'o3', { noTemperature: true }],
    ['anthropic', 'claude-opus-4-7', { noTemperature: true }],
    ['anthropic', 'claude-sonnet-4-6', {}],
    ['bedrock', 'us.anthropic.claude-opus-4-8-20260101-v1:0', { noTemperature: true }],
    ['deepseek', 'deepseek-chat', { responseFormat: 'json_object' }],
    ['groq', 'llama-3.3-70b-versatile', {}],
    ['vllm', 'o3', {}],
  ])('%s, %s', (name, model, facts) => {
    expect(knownDialect(name, model)).toEqual(facts);
  });

  test('does not hold behind another URL', () => {
    expect(knownDialect('openai', 'o3', 'http://127.0.0.1:8000/v1')).toEqual({});
    expect(knownDialect('openai', 'o3', 'https://api.openai.com/v1')).toMatchObject({ noTemperature: true });
  });
});
