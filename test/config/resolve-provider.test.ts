import { describe, expect, test } from 'vitest';
import { settleRunOptions } from '../../src/config/load-config.ts';
import { type Endpoint, resolveEndpoint } from '../../src/config/resolve-endpoint.ts';
import type { RunOptions } from '../../src/config/run-options.ts';
import { AppError } from '../../src/core/errors.ts';

type Given = Partial<RunOptions>;
type Env = Record<string, string>;

function resolve(given: Given, env: Env = {}): Endpoint {
  return resolveEndpoint(settleRunOptions(given), env, '/work');
}

function failure(given: Given, env: Env = {}): AppError {
  try {
    resolve(given, env);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the provider', () => {
  test('is what stands before the first slash of the model', () => {
    expect(resolve({ model: 'groq/llama-3.3-70b-versatile' }, { GROQ_API_KEY: 'gsk-1' })).toEqual({
      provider: 'groq',
      model: 'llama-3.3-70b-versatile',
      baseUrl: 'https://api.groq.com/openai/v1',
      apiKey: 'gsk-1',
    });
    expect(resolve({ model: 'openrouter/openai/gpt-4o' }, { OPENROUTER_API_KEY: 'or-1' })).toMatchObject({
      provider: 'openrouter',
      model: 'openai/gpt-4o',
    });
    expect(resolve({ model: 'openai/gpt-4o' }, { OPENAI_API_KEY: 'sk-1' })).toMatchObject({
      provider: 'openai',
      model: 'gpt-4o',
    });
    expect(resolve({ model: 'ollama/llama3' })).toEqual({
      provider: 'ollama',
      model: 'llama3',
      baseUrl: 'http://127.0.0.1:11434',
    });
    expect(resolve({ model: 'local/extractive' })).toEqual({ provider: 'local', model: 'local/extractive' });
  });

  test('is not looked for in the model where it, or the place of the model, is named', () => {
    expect(resolve({ provider: 'groq', model: 'groq/compound' }, { GROQ_API_KEY: 'k' }).model).toBe(
      'groq/compound',
    );
    expect(resolve({ baseUrl: 'http://h/v1', model: 'groq/x' })).toMatchObject({
      provider: 'openai',
      model: 'groq/x',
    });
    expect(resolve({ url: 'http://h/', model: 'groq/x' })).toMatchObject({
      provider: 'http',
      model: 'groq/x',
    });
  });

  test('behind OPENAI_BASE_URL may have names with any prefix but that of another provider', () => {
    const env = { OPENAI_BASE_URL: 'https://gateway.example/v1', GROQ_API_KEY: 'g' };
    expect(resolve({ model: 'openai/gpt-4o' }, env).model).toBe('openai/gpt-4o');
    expect(resolve({ model: 'meta-llama/Llama-3' }, env)).toMatchObject({
      provider: 'openai',
      model: 'meta-llama/Llama-3',
    });
    expect(resolve({ model: 'groq/x' }, env)).toMatchObject({ provider: 'groq', model: 'x' });
  });

  test('that nobody has is an error that lists those there are', () => {
    const { code, message, hint } = failure({ model: 'meta-llama/Llama-3' });
    expect(code).toBe('usage');
    expect(message).toContain('no provider called meta-llama');
    expect(hint).toMatch(/groq.*ollama.*openrouter\/meta-llama\/Llama-3.*--base-url/);
    expect(failure({ model: 'grok/x' }).message).toContain('did you mean groq?');
    expect(failure({ provider: 'antropic', model: 'm' }).message).toContain('did you mean anthropic?');
  });

  test('may be a file or a package of the user’s own', () => {
    expect(resolve({ provider: './mine.mjs' })).toEqual({
      provider: './mine.mjs',
      model: './mine.mjs',
      cwd: '/work',
    });
    expect(
      resolve({ provider: '@me/provider', model: 'm', baseUrl: 'http://h/v1/' }, { GISTMILL_API_KEY: 'k' }),
    ).toEqual({ provider: '@me/provider', model: 'm', baseUrl: 'http://h/v1', apiKey: 'k', cwd: '/work' });
  });

  test('of which several run on this machine is found at its usual port, or where the user says', () => {
    expect(resolve({ model: 'vllm/m' }).baseUrl).toBe('http://127.0.0.1:8000/v1');
    expect(resolve({ provider: 'vllm', model: 'm', baseUrl: 'http://gpu:9/v1' })).toEqual({
      provider: 'vllm',
      model: 'm',
      baseUrl: 'http://gpu:9/v1',
    });
  });

  test('azure needs a URL, bedrock a region', () => {
    expect(failure({ model: 'azure/my-deployment' }).hint).toContain(
      '--base-url https://NAME.openai.azure.com',
    );
    const azure = { AZURE_OPENAI_ENDPOINT: 'https://me.openai.azure.com/', AZURE_OPENAI_API_KEY: 'az' };
    expect(resolve({ model: 'azure/d', apiVersion: '2024-10-21' }, azure)).toEqual({
      ...{ provider: 'azure', model: 'd', baseUrl: 'https://me.openai.azure.com', apiKey: 'az' },
    });
    const keys = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's' };
    expect(failure({ model: 'bedrock/m' }, keys).message).toContain('needs --region');
    expect(failure({ model: 'bedrock/m', region: 'x.evil.example/' }, keys).message).toContain(
      'is no region',
    );
    const found = { provider: 'bedrock', model: 'm', region: 'eu-west-1' };
    const baseUrl = 'https://bedrock-runtime.eu-west-1.amazonaws.com';
    expect(resolve({ model: 'bedrock/m' }, { ...keys, AWS_REGION: 'eu-west-1' })).toEqual({
      ...found,
      baseUrl,
    });
    expect(resolve({ model: 'bedrock/m', region: 'eu-west-1' }, { AWS_BEARER_TOKEN_BEDROCK: 'b' })).toEqual({
      ...{ ...found, baseUrl, apiKey: 'b' },
    });
    expect(resolve({ provider: 'bedrock', model: 'm', baseUrl }, keys).region).toBe('eu-west-1');
    expect(failure({ model: 'bedrock/m', region: 'eu-west-1' })).toMatchObject({
      ...{
        code: 'missing_key',
        hint: expect.stringContaining('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'),
      },
    });
  });

  test.each<[Given, string]>([
    [{ provider: 'groq', model: 'm', url: 'http://h' }, '--url does not fit the provider groq'],
    [{ provider: 'groq', model: 'm', region: 'us-east-1' }, '--region does not fit the provider groq'],
    [{ provider: 'bedrock', model: 'm', apiVersion: '1' }, '--api-version does not fit the provider bedrock'],
    [{ provider: './own.mjs', body: '{}' }, '--body does not fit the provider ./own.mjs'],
  ])('%j is refused', (given, message) => {
    expect(failure(given).message).toBe(message);
  });
});

describe('the key of a provider', () => {
  test('goes to its own host alone', () => {
    const env = { GROQ_API_KEY: 'gsk-1', OPENAI_API_KEY: 'sk-1', ANTHROPIC_API_KEY: 'sk-ant' };
    expect(resolve({ model: 'groq/m' }, env).apiKey).toBe('gsk-1');
    expect(resolve({ model: 'anthropic/m' }, env).apiKey).toBe('sk-ant');
    expect(resolve({ baseUrl: 'https://api.groq.com/openai/v1', model: 'm' }, env).apiKey).toBe('gsk-1');
    const elsewhere = resolve({ provider: 'groq', model: 'm', baseUrl: 'https://llm.example/v1' }, env);
    expect(elsewhere).not.toHaveProperty('apiKey');
    expect(elsewhere.notice).toBe(
      'GROQ_API_KEY is not sent to llm.example; to send it: --api-key-env GROQ_API_KEY',
    );
    const named = {
      provider: 'groq',
      model: 'm',
      baseUrl: 'https://llm.example/v1',
      apiKeyEnv: 'GROQ_API_KEY',
    };
    expect(resolve(named, env).apiKey).toBe('gsk-1');
    expect(resolve({ model: 'vllm/m' }, env)).not.toHaveProperty('apiKey');
    expect(resolve({ provider: './own.mjs' }, env)).not.toHaveProperty('apiKey');
  });

  test('is asked for by the name of its variable', () => {
    expect(failure({ model: 'gemini/m' })).toMatchObject({
      code: 'missing_key',
      message: 'generativelanguage.googleapis.com needs a key, and none is configured',
      hint: expect.stringContaining('set GEMINI_API_KEY or GOOGLE_API_KEY or GISTMILL_API_KEY'),
    });
    expect(failure({ model: 'mistral/m' }, { OPENAI_API_KEY: 'sk-1' }).code).toBe('missing_key');
  });
});
