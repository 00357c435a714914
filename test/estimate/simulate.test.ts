import { describe, expect, it } from 'vitest';
import { settleRunOptions } from '../../src/config/load-config.ts';
import { simulate } from '../../src/estimate/simulate.ts';
import { seededDraw } from '../../src/mock/seeded-random.ts';
import { costOf } from '../../src/pricing/price.ts';

const SETTINGS = { ...settleRunOptions({}), concurrency: 16 };
const PRICE = { input: 1, output: 2, perRequest: 0, tiers: [] };

interface Given {
  readonly n: number;
  readonly settings?: object;
  /** Requests of the whole run, where `n` is only a sample. */
  readonly requests?: number;
  readonly latencyMs?: (index: number) => number;
}

function play({ n, settings = {}, requests = n, latencyMs = () => 200 }: Given) {
  let drawn = 0;
  return simulate({
    settings: { ...SETTINGS, ...settings },
    billing: { billed: true, costOf: (usage) => costOf(usage, PRICE) },
    sizes: Array.from({ length: n }, (_, i) => ({
      characters: 1600 + (i % 9) * 100,
      inputTokens: 400 + (i % 9) * 25,
    })),
    ...{ requests, latencyMs },
    outputTokens: 100,
    random: () => seededDraw(1, drawn++, 0)('fault'),
    epochMs: 0,
  });
}

/** Within `percent` of what theory says, in s. */
function expectSeconds(ms: number, seconds: number, percent: number): void {
  expect(Math.abs(ms / 1000 / seconds - 1) * 100).toBeLessThan(percent);
}

describe('a simulated run', () => {
  it('that its concurrency bounds takes a latency for each round', async () => {
    const run = await play({ n: 2000, settings: { concurrency: 32 } });
    expectSeconds(run.ms, Math.ceil(2000 / 32) * 0.2, 2);
    expect(run).toMatchObject({ heldBackBy: 'concurrency', answered: 2000, simulated: 2000 });
    expect(run.stoppedBy).toBeUndefined();
  });

  it('takes the mean of latencies that vary, all slots kept busy', async () => {
    const latencyMs = (index: number): number => 100 + seededDraw(7, index, 1)('latency') * 400;
    expectSeconds((await play({ n: 2000, latencyMs })).ms, (2000 / 16) * 0.3, 3);
  });

  it('that a limit on requests bounds takes a minute for as many', async () => {
    const run = await play({ n: 1200, settings: { rpm: 600 } });
    expectSeconds(run.ms, 120, 2);
    expect(run.heldBackBy).toBe('requests');
  });

  it('that a limit on tokens bounds takes a minute for as many, input and output', async () => {
    const run = await play({ n: 2000, settings: { tpm: 300_000 } });
    expectSeconds(run.ms, (2000 * 600 * 60) / 300_000, 3);
    expect(run.heldBackBy).toBe('tokens');
  });

  it('that a limit by the day bounds goes on for days, in no time', async () => {
    const run = await play({ n: 2500, settings: { rpd: 1000 } });
    expectSeconds(run.ms, 2 * 86_400, 2);
  });

  it('is stopped by its deadline', async () => {
    const run = await play({ n: 2000, settings: { deadline: 10_000 } });
    expect(run.stoppedBy?.code).toBe('run_deadline');
    expect(run.answered).toBeGreaterThan(16 * 45);
    expect(run.answered).toBeLessThanOrEqual(16 * 51);
  });

  it('is stopped by its budget, at what these requests cost', async () => {
    // 500 × $1 + 100 × $2 a million tokens are $0.0007 a request.
    const run = await play({ n: 2000, settings: { maxCost: 0.35 } });
    expect(run.stoppedBy?.code).toBe('budget_spent');
    expect(run.answered).toBeGreaterThan(450);
    expect(run.answered).toBeLessThanOrEqual(501);
  });

  it('fails what is too large for the limit, by name', async () => {
    const run = await play({ n: 90, settings: { tpm: 650 } });
    expect([...run.failed]).toEqual([['request_too_large', expect.any(Number)]]);
    expect(run.answered + (run.failed.get('request_too_large') ?? 0)).toBe(90);
  });

  it('of a sample goes on at the rate of its middle', async () => {
    const [part, whole] = await Promise.all([
      play({ n: 2000, requests: 8000, settings: { rpm: 3000 } }),
      play({ n: 8000, settings: { rpm: 3000 } }),
    ]);
    expect(part.simulated).toBe(2000);
    expectSeconds(part.ms, whole.ms / 1000, 1);
  });

  it('without any request takes no time', async () => {
    expect(await play({ n: 0 })).toMatchObject({ ms: 0, answered: 0, heldBackBy: 'none' });
  });
});
