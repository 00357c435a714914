import { describe, expect, test } from 'vitest';
import { settleRunOptions } from '../../src/config/load-config.ts';
import { type Endpoint, resolveEndpoint } from '../../src/config/resolve-endpoint.ts';
import type { RunOptions } from '../../src/config/run-options.ts';
import { AppError } from '../../src/core/errors.ts';
import { temporaryFolder } from './temporary-folder.ts';

type Given = Partial<RunOptions>;
type Env = Record<string, string>;

function resolve(given: Given, env: Env = {}, cwd = '.'): Endpoint {
  return resolveEndpoint(settleRunOptions(given), env, cwd);
}

function failure(given: Given, env: Env = {}, cwd = '.'): AppError {
  try {
    resolve(given, env, cwd);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('what answers', () => {
  test('with nothing named, the built-in summariser, with a line that says so', () => {
    const endpoint = resolve({}, { OPENAI_API_KEY: 'sk-canary', OPENAI_BASE_URL: 'http://elsewhere/v1' });
    expect(endpoint).toMatchObject({ provider: 'local', model: 'local/extractive' });
    expect(endpoint.notice).toMatch(/built-in extractive summariser.*--model.*--base-url.*--url/);
    expect(endpoint).not.toHaveProperty('apiKey');
    expect(resolve({ provider: 'local' })).toEqual({ provider: 'local', model: 'local/extractive' });
  });

  test('the built-in summariser says which instructions it leaves aside', () => {
    expect(resolve({ prompt: 'Hi {{text}}', temperature: 0 }).notice).toContain(
      '--prompt, --temperature changes nothing',
    );
    expect(resolve({ provider: 'local', system: 'Hi' }).notice).toContain('--system changes nothing');
  });

  test('a URL means http', () => {
    expect(resolve({ url: 'http://127.0.0.1:9000/summarise' })).toEqual({
      provider: 'http',
      model: 'http/127.0.0.1:9000',
      url: 'http://127.0.0.1:9000/summarise',
    });
  });

  test('a model means OpenAI, or what the base URL names', () => {
    const key = { OPENAI_API_KEY: 'sk-1' };
    expect(resolve({ model: 'm' }, key)).toEqual({
      provider: 'openai',
      model: 'm',
      baseUrl: 'https://api.openai.com/v1',
      apiKey: 'sk-1',
    });
    expect(resolve({ model: 'm', baseUrl: 'http://127.0.0.1:8000/v1/' })).toEqual({
      provider: 'openai',
      model: 'm',
      baseUrl: 'http://127.0.0.1:8000/v1',
    });
  });

  test('no model is ever chosen for the user', () => {
    const { code, hint } = failure({ baseUrl: 'http://me:canary@127.0.0.1:8000/v1' });
    expect(code).toBe('usage');
    expect(hint).toBe('write --model NAME; GET http://127.0.0.1:8000/v1/models lists the names');
    expect(failure({ provider: 'openai' }, { OPENAI_API_KEY: 'k' }).message).toContain('no model is named');
  });

  test.each<[Given, string]>([
    [{ provider: 'openai', model: 'm', body: '{}' }, '--body does not fit the provider openai'],
    [{ provider: 'openai', model: 'm', bodyType: 'form' }, '--body-type does not fit the provider openai'],
    [{ provider: 'local', baseUrl: 'http://h/v1' }, '--base-url does not fit the provider local'],
    [{ provider: 'local', model: 'm' }, '--model does not fit the provider local'],
    [{ responsePath: 'a.b' }, '--response-path does not fit the provider local'],
    [{ url: 'http://h', baseUrl: 'http://h/v1' }, '--base-url does not fit the provider http'],
    [{ provider: 'http' }, '--provider http needs --url'],
    [{ url: 'localhost:9000' }, '--url: "localhost:9000" is not an http or https URL'],
    [{ model: 'm', baseUrl: 'h:canary@x' }, '--base-url: the value is not an http or https URL'],
    [
      { model: 'm', baseUrl: 'http://h/v1/chat/completions' },
      '--base-url takes the part before /chat/completions',
    ],
  ])('%j is refused', (given, message) => {
    expect(failure(given)).toMatchObject({ code: 'usage' });
    expect(failure(given).message).toContain(message);
  });
});

describe('the key', () => {
  const own = { model: 'm', baseUrl: 'https://llm.example/v1' };

  test('is needed for OpenAI, and the message names every way to give it', () => {
    const { code, message, hint } = failure({ model: 'm' });
    expect(code).toBe('missing_key');
    expect(message).toContain('api.openai.com');
    expect(hint).toMatch(/OPENAI_API_KEY.*GISTMILL_API_KEY.*--api-key-file/);
  });

  test('comes from the named file, the named variable, GISTMILL_API_KEY, in this order', async () => {
    const cwd = await temporaryFolder({ key: '\uFEFFsk-file\r\n' });
    const env = { GISTMILL_API_KEY: ' sk-own ', TEAM: 'sk-team\n', OPENAI_API_KEY: 'sk-openai' };
    expect(resolve({ ...own, apiKeyFile: 'key' }, env, cwd).apiKey).toBe('sk-file');
    expect(resolve({ ...own, apiKeyEnv: 'TEAM' }, env).apiKey).toBe('sk-team');
    expect(resolve(own, env).apiKey).toBe('sk-own');
    expect(resolve({ url: 'http://h/' }, env).apiKey).toBe('sk-own');
    expect(resolve({ model: 'm' }, env).apiKey).toBe('sk-own');
  });

  test('of OpenAI goes to OpenAI only, or to where OPENAI_BASE_URL points', () => {
    const env = { OPENAI_API_KEY: 'sk-openai' };
    expect(resolve(own, env)).not.toHaveProperty('apiKey');
    expect(resolve(own, env).notice).toContain('OPENAI_API_KEY is not sent to llm.example');
    expect(resolve({ model: 'm', baseUrl: 'http://127.0.0.1:1/v1' }, env)).not.toHaveProperty('notice');
    expect(resolve({ url: 'https://llm.example/' }, env)).not.toHaveProperty('apiKey');
    expect(resolve({ model: 'm', baseUrl: 'https://api.openai.com/v1' }, env).apiKey).toBe('sk-openai');
    expect(
      resolve({ model: 'm', baseUrl: 'https://api.openai.com.evil.example/v1' }, env),
    ).not.toHaveProperty('apiKey');
    expect(failure({ model: 'm', baseUrl: 'http://api.openai.com/v1' }, env).code).toBe('missing_key');
    const pointed = { ...env, OPENAI_BASE_URL: 'https://llm.example/v1' };
    expect(resolve({ model: 'm' }, pointed)).toMatchObject({
      baseUrl: 'https://llm.example/v1',
      apiKey: 'sk-openai',
    });
    expect(resolve(own, pointed).apiKey).toBe('sk-openai');
  });

  test('that is named but not there is an error, not silence', async () => {
    const cwd = await temporaryFolder({ empty: ' \n' });
    expect(failure({ ...own, apiKeyFile: 'gone' }, {}, cwd)).toMatchObject({ code: 'missing_key' });
    expect(failure({ ...own, apiKeyFile: 'empty' }, {}, cwd).message).toBe('--api-key-file: empty is empty');
    expect(failure({ ...own, apiKeyEnv: 'NOT_SET' }, { GISTMILL_API_KEY: 'k' })).toMatchObject({
      code: 'missing_key',
    });
  });

  test('is never repeated in a message', async () => {
    const cwd = await temporaryFolder({ two: 'sk-canary\nsk-canary-2\n' });
    for (const error of [
      failure({ ...own, apiKeyEnv: 'sk-canary' }),
      failure({ apiKeyEnv: 'sk-canary' }),
      failure({ ...own, apiKeyEnv: 'canary' }),
      failure({ ...own, apiKeyFile: 'two' }, {}, cwd),
      failure(own, { GISTMILL_API_KEY: 'canary with blanks' }),
    ]) {
      expect(`${error.message} ${error.hint}`).not.toContain('canary');
    }
  });
});
