import { describe, expect, test } from 'vitest';
import { openBilling } from '../../src/batch/billing.ts';

const NONE = { maxCost: undefined, priceIn: undefined, priceOut: undefined };
const KNOWN = { provider: 'openai', model: 'gpt-4o-mini', baseUrl: 'https://api.openai.com/v1' };
const UNKNOWN = { provider: 'openai', model: 'mine', baseUrl: 'http://127.0.0.1:8000/v1' };
const USAGE = { inputTokens: 1_000_000, outputTokens: 1_000_000 };

describe('how a run is billed', () => {
  test('by the table, or by what the user says', async () => {
    expect((await openBilling(NONE, KNOWN)).costOf?.(USAGE)).toBe(0.75);
    const own = await openBilling({ ...NONE, priceIn: 1, priceOut: 2 }, UNKNOWN);
    expect(own.costOf?.(USAGE)).toBe(3);
    const http = { provider: 'http', model: 'http/x', url: 'http://127.0.0.1:9000/summarise' };
    expect((await openBilling({ ...NONE, priceIn: 0, priceOut: 0 }, http)).costOf?.(USAGE)).toBe(0);
  });

  test('nobody knows where there is no price', async () => {
    expect(await openBilling(NONE, UNKNOWN)).toEqual({ billed: true });
  });

  test('not at all by the built-in summariser', async () => {
    const local = { provider: 'local', model: 'local/extractive' };
    expect(await openBilling({ ...NONE, maxCost: 5 }, local)).toEqual({ billed: false });
  });

  test.each([
    [{ maxCost: 5 }, '--max-cost needs --price-in and --price-out too: the price of mine there is unknown'],
    [{ priceIn: 1 }, '--price-in needs --price-out too: the price of mine there is unknown'],
    [{ priceOut: 1 }, '--price-out needs --price-in too: the price of mine there is unknown'],
  ])('%j is refused where the price is unknown', async (options, message) => {
    const opened = openBilling({ ...NONE, ...options }, UNKNOWN);
    await expect(opened).rejects.toMatchObject({ code: 'usage', message });
  });
});
