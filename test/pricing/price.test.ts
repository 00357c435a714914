import { calcPrice } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsdSum } from '../../src/core/money.ts';
import { costOf, type Price } from '../../src/pricing/price.ts';
import { priceOf } from '../../src/pricing/price-of.ts';

const OPENAI = 'https://api.openai.com/v1';
const FLAT: Price = { input: 0.15, output: 0.6, perRequest: 0, tiers: [] };

describe('the price of a model', () => {
  test('comes from the table, by the URL of the endpoint and the name of the model', async () => {
    const openai = await priceOf({ provider: 'openai', baseUrl: OPENAI, model: 'gpt-4o-mini' });
    const router = { baseUrl: 'https://openrouter.ai/api/v1', model: 'openai/gpt-4o-mini' };
    expect(openai).toEqual(FLAT);
    expect(await priceOf({ provider: 'openai', ...router })).toEqual(FLAT);
  });

  test('is found by name for those whose URL the table does not know, at their own place alone', async () => {
    const grok = { provider: 'xai', model: 'grok-4' };
    expect(await priceOf({ ...grok, baseUrl: 'https://api.x.ai/v1' })).toMatchObject({
      input: 3,
      output: 15,
    });
    expect(await priceOf({ ...grok, baseUrl: 'https://llm.example/v1' })).toBeUndefined();
    expect(await priceOf({ provider: './own.mjs', model: 'grok-4' })).toBeUndefined();
  });

  test('is unknown at a place that the table does not have, whatever the model is called', async () => {
    for (const baseUrl of [undefined, 'http://127.0.0.1:8000/v1', 'https://example.com/api.openai.com/v1']) {
      expect(await priceOf({ provider: 'openai', baseUrl, model: 'gpt-4o-mini' })).toBeUndefined();
    }
  });

  test('is unknown for a model without a name in the table or without a price for its output', async () => {
    for (const model of ['no-such-model', 'text-embedding-3-small']) {
      expect(await priceOf({ provider: 'openai', baseUrl: OPENAI, model })).toBeUndefined();
    }
  });

  test('is what the user says, also in part, and also 0', async () => {
    const query = { provider: 'openai', baseUrl: OPENAI, model: 'gpt-4o-mini' };
    expect(await priceOf({ ...query, priceIn: 0, priceOut: 2 })).toMatchObject({ input: 0, output: 2 });
    expect(await priceOf({ ...query, priceOut: 2 })).toMatchObject({ input: 0.15, output: 2 });
    expect(await priceOf({ ...query, model: 'no-such-model', priceOut: 2 })).toBeUndefined();
  });

  test('is none for the built-in summariser', async () => {
    const query = { provider: 'local', model: 'local/extractive', priceIn: 1, priceOut: 1 };
    expect(await priceOf(query)).toBeUndefined();
  });
});

describe('the cost of a request', () => {
  test('is what the maintainers of the table work out, long inputs and fees included', async () => {
    for (const [baseUrl, model] of [
      [OPENAI, 'gpt-4o-mini'],
      ['https://generativelanguage.googleapis.com/v1beta/openai', 'gemini-2.5-pro'],
      ['https://api.perplexity.ai', 'sonar'],
    ] as const) {
      const price = await priceOf({ provider: 'openai', baseUrl, model });
      for (const inputTokens of [0, 1, 777, 200_000, 200_001, 900_000]) {
        const usage = { input_tokens: inputTokens, output_tokens: 321 };
        const expected = calcPrice(usage, model, { providerApiUrl: baseUrl })?.total_price;
        expect(costOf({ inputTokens, outputTokens: 321 }, price)).toBeCloseTo(expected ?? Number.NaN, 8);
      }
    }
  });

  test('is unknown, not 0, where the price or a number of tokens is unknown', () => {
    expect(costOf({ inputTokens: 10, outputTokens: 10 }, undefined)).toBeUndefined();
    expect(costOf({ inputTokens: 10 }, FLAT)).toBeUndefined();
    expect(costOf({ outputTokens: 10 }, FLAT)).toBeUndefined();
    expect(costOf({}, FLAT)).toBeUndefined();
    expect(costOf({ inputTokens: 0, outputTokens: 0 }, FLAT)).toBe(0);
  });

  test('adds up without drifting, in whatever order', () => {
    const usage = fc.record({ inputTokens: fc.nat(100_000), outputTokens: fc.nat(5000) });
    fc.assert(
      fc.property(fc.array(usage, { maxLength: 200 }), (usages) => {
        const costs = usages.map((each) => costOf(each, FLAT) ?? Number.NaN);
        const [forwards, backwards] = [new UsdSum(), new UsdSum()];
        for (const cost of costs) forwards.add(cost);
        for (const cost of costs.toReversed()) backwards.add(cost);
        const nano = costs.reduce((sum, cost) => sum + BigInt(Math.round(cost * 1e9)), 0n);
        expect(BigInt(Math.round(forwards.usd * 1e9))).toBe(nano);
        expect(backwards.usd).toBe(forwards.usd);
      }),
    );
  });
});
