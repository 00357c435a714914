import { describe, expect, test } from 'vitest';
import { type LibraryOptions, settleRunOptions } from '../../src/config/load-config.ts';
import { planEndpoints } from '../../src/config/plan-endpoints.ts';

const ENV = { OPENAI_API_KEY: 'sk-openai', GROQ_API_KEY: 'gsk-groq', KEY_A: 'a-key' };
const HERE = 'http://127.0.0.1:8000/v1';
const THERE = 'http://127.0.0.1:9000/v1';

const plan = (options: LibraryOptions, env: Readonly<Record<string, string>> = ENV) =>
  planEndpoints(settleRunOptions(options), env, '.');
const told = (options: LibraryOptions) =>
  plan(options).map(
    ({ name, endpoint: { provider, model, baseUrl } }) => `${name}: ${provider} ${model} ${baseUrl}`,
  );

describe('the endpoints of a run', () => {
  test('are the one that the options name, where no others are given', () => {
    const options = settleRunOptions({ model: 'm', baseUrl: HERE, rpm: 5 });
    const [only, ...others] = planEndpoints(options, {}, '.');
    expect(others).toEqual([]);
    expect(only).toMatchObject({ name: 'm', weight: 1, isFallback: false, endpoint: { baseUrl: HERE } });
    expect(only.options).toEqual(options);
  });

  test('inherit what they do not set', () => {
    const [a, b] = plan({
      ...{ model: 'm', baseUrl: HERE, apiKeyEnv: 'KEY_A', rpm: 60, concurrency: 4 },
      endpoints: [
        { rpm: 500, weight: 3 },
        { baseUrl: THERE, apiKeyEnv: 'GROQ_API_KEY', concurrency: 8 },
      ],
    });
    expect(a).toMatchObject({ weight: 3, options: { rpm: 500, concurrency: 4 } });
    expect(a?.endpoint).toMatchObject({ model: 'm', baseUrl: HERE, apiKey: 'a-key' });
    expect(b?.options).toMatchObject({ rpm: 60, concurrency: 8 });
    expect(b?.endpoint).toMatchObject({ model: 'm', baseUrl: THERE, apiKey: 'gsk-groq' });
  });

  test('do not inherit a place where they name their own', () => {
    const endpoints = [{ name: 'a' }, { name: 'b', model: 'groq/llama' }, { name: 'c', provider: 'local' }];
    expect(told({ model: 'm', baseUrl: HERE, endpoints })).toEqual([
      `a: openai m ${HERE}`,
      'b: groq llama https://api.groq.com/openai/v1',
      'c: local local/extractive undefined',
    ]);
    // What serves at a URL of one's own may call its models so.
    expect(
      told({
        baseUrl: HERE,
        endpoints: [
          { name: 'a', model: 'openai/gpt-oss-20b' },
          { name: 'b', model: 'm' },
        ],
      }),
    ).toEqual([`a: openai openai/gpt-oss-20b ${HERE}`, `b: openai m ${HERE}`]);
  });

  test('do not inherit the price of another model, nor what fits another provider alone', () => {
    const [a, b, c] = plan({
      ...{ model: 'm', baseUrl: HERE, priceIn: 1, priceOut: 2 },
      endpoints: [{}, { model: 'other' }, { provider: 'bedrock', region: 'us-east-1', apiKeyEnv: 'KEY_A' }],
    });
    expect(a?.options).toMatchObject({ priceIn: 1, priceOut: 2 });
    expect(b?.options).toMatchObject({ priceIn: undefined, priceOut: undefined });
    expect(c?.endpoint).toMatchObject({ provider: 'bedrock', region: 'us-east-1' });
  });

  test('have names of their own', () => {
    const endpoints = [{ baseUrl: HERE }, { baseUrl: THERE }, { baseUrl: THERE, rpm: 5 }, { name: 'x' }];
    expect(plan({ model: 'm', baseUrl: HERE, endpoints }).map(({ name }) => name)).toEqual([
      'm',
      'm@127.0.0.1:9000',
      'm@127.0.0.1:9000 (2)',
      'x',
    ]);
  });

  test('with one alone, are that one, and its own options are those of the run', () => {
    const [only, ...others] = plan({ model: 'm', baseUrl: HERE, rpm: 60, endpoints: [{ rpm: 500 }] });
    expect(others).toEqual([]);
    expect(only.options).toMatchObject({ rpm: 500, endpoint: undefined });
  });

  test('are followed by the fallback, at the same place or at that of another provider', () => {
    const own = plan({ model: 'm', baseUrl: HERE, fallbackModel: 'other' });
    expect(own.map(({ name, isFallback }) => [name, isFallback])).toEqual([
      ['m', false],
      ['other', true],
    ]);
    expect(own[1]?.endpoint).toMatchObject({ model: 'other', baseUrl: HERE });
    expect(told({ model: 'm', baseUrl: HERE, fallbackModel: 'groq/llama' })[1]).toBe(
      'llama: groq llama https://api.groq.com/openai/v1',
    );
    const whole = {
      model: 'm',
      baseUrl: HERE,
      endpoints: [{ fallback: true, name: 'spare', baseUrl: THERE }],
    };
    expect(told(whole)).toEqual([`m: openai m ${HERE}`, `spare: openai m ${THERE}`]);
  });

  test.each<[LibraryOptions, string, string]>([
    [
      { endpoints: [{ model: 'm' }, { name: 'b', baseUrl: 'nowhere' }] },
      'usage',
      'endpoint b: --base-url: "nowhere" is not an http or https URL; write e.g. http://127.0.0.1:8000/v1',
    ],
    [
      { endpoints: [{ model: 'm' }, { name: 'b', model: 'm', apiKeyEnv: 'NOT_SET' }] },
      'missing_key',
      'endpoint b: --api-key-env: no variable of that name holds a key',
    ],
    [
      { model: 'm', fallbackModel: 'anthropic/claude' },
      'missing_key',
      'endpoint anthropic/claude: api.anthropic.com needs a key, and none is configured',
    ],
    [
      { model: 'm', schema: 's.json', fallbackModel: 'local/extractive' },
      'usage',
      'endpoint local/extractive: the built-in summariser writes prose and no data: --schema needs a model',
    ],
  ])('%j is refused by the name of the endpoint', (options, code, message) => {
    expect(() => plan(options)).toThrow(expect.objectContaining({ code, message }));
  });
});
