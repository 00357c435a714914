import { describe, expect, test } from 'vitest';
import { ProviderError } from '../../src/core/errors.ts';
import type { Usage } from '../../src/core/request.ts';
import type { Script } from '../helpers/scripted-provider.ts';
import { goodRow, goodRows } from './helpers/records.ts';
import { type EngineOptions, runEngine } from './helpers/run-engine.ts';
import { seededRandom } from './helpers/seeded-random.ts';

const costOf = ({ inputTokens = 0, outputTokens = 0 }: Usage): number =>
  (inputTokens + 4 * outputTokens) / 1e6;
const tokensOf = ({ inputTokens = 0, outputTokens = 0 }: Usage): number => inputTokens + outputTokens;
const USUAL = { inputTokens: 25, outputTokens: 20 };

function spentBy(engine: Awaited<ReturnType<typeof runEngine>>, of: (usage: Usage) => number): number {
  return engine.seen.attemptEnds.reduce((sum, { usage }) => sum + of(usage), 0);
}

/** Answers of 25 tokens to texts of 100, late by up to half a second, a share of them a 500 instead. */
function flaky(errorRate: number, outputTokens: () => number): Script {
  const random = seededRandom(7);
  return () => {
    const latencyMs = 50 + 500 * random();
    if (random() < errorRate) return { latencyMs, error: new ProviderError('server_error', 'HTTP 500') };
    return { latencyMs, usage: { inputTokens: 25, outputTokens: outputTokens() } };
  };
}

const rows = Array.from({ length: 100 }, (_, i) => goodRow(i, 'x'.repeat(84)));
const base: EngineOptions = { rows, costOf, concurrency: 20, maxAttempts: 20 };

describe('a run with a budget', () => {
  test.each([
    ['money', { maxCostUsd: 0.0052 }, 0.0052, costOf],
    ['tokens', { maxTokens: 2000 }, 2000, tokensOf],
  ])(
    'in %s spends nearly all of it and no more than one request beyond',
    async (_name, budget, limit, of) => {
      const engine = await runEngine({ ...base, budget, script: flaky(0.3, () => 20) });
      expect(engine.end.stoppedBy).toMatchObject({ code: 'budget_spent' });
      const spent = spentBy(engine, of);
      expect(spent).toBeGreaterThanOrEqual(0.95 * limit);
      expect(spent).toBeLessThanOrEqual(limit + of(USUAL));
      // What had begun has its row, or is left for the next run; nothing failed for want of money.
      expect(engine.sink.outcomes.every(({ ok }) => ok)).toBe(true);
      expect(engine.sink.outcomes.length).toBe(Math.round(spent / of(USUAL)));
      expect(engine.clock.pending).toBe(0);
    },
  );

  test('keeps to it where answers are of very different lengths', async () => {
    const random = seededRandom(3);
    const script = flaky(0.3, () => Math.round(5 * 20 ** random()));
    const engine = await runEngine({ ...base, budget: { maxCostUsd: 0.008 }, script });
    expect(engine.end.stoppedBy).toMatchObject({ code: 'budget_spent' });
    expect(spentBy(engine, costOf)).toBeGreaterThan(0.008 * 0.95);
    expect(spentBy(engine, costOf)).toBeLessThanOrEqual(
      0.008 + costOf({ inputTokens: 25, outputTokens: 100 }),
    );
  });

  test('that is large enough keeps the concurrency and is not noticed', async () => {
    const budget = { maxCostUsd: 5, maxTokens: 10_000_000 };
    const engine = await runEngine({ ...base, budget, script: flaky(0, () => 20) });
    expect(engine.end).toEqual({ stoppedBy: undefined, unfinished: 0 });
    expect(engine.provider.mostInFlight).toBe(20);
  });

  test('of just what is needed is enough', async () => {
    const budget = { maxCostUsd: 100 * costOf(USUAL) };
    const engine = await runEngine({ ...base, budget, script: flaky(0.3, () => 20) });
    expect(engine.end).toEqual({ stoppedBy: undefined, unfinished: 0 });
  });

  test('of nothing sends nothing', async () => {
    const engine = await runEngine({ ...base, rows: goodRows(3), budget: { maxCostUsd: 0 } });
    expect(engine.end).toMatchObject({ stoppedBy: { code: 'budget_spent' } });
    expect(engine.provider.arrivals).toEqual([]);
    expect(engine.sink.outcomes).toEqual([]);
  });

  test('counts what was spent before', async () => {
    const budget = { maxCostUsd: 0.0052, spent: { usd: 0.0042, tokens: 0 } };
    const engine = await runEngine({ ...base, budget, script: flaky(0, () => 20) });
    expect(engine.sink.outcomes.length).toBeGreaterThanOrEqual(8);
    expect(engine.sink.outcomes.length).toBeLessThanOrEqual(10);
  });
});

test('the cost of a record is that of all its attempts', async () => {
  const usage = { inputTokens: 10, outputTokens: 0 };
  const script: Script = (_request, n) =>
    n === 0
      ? { error: new ProviderError('server_error', 'HTTP 500', { usage }) }
      : { usage: { inputTokens: 10, outputTokens: 5 } };
  const { sink } = await runEngine({ rows: goodRows(1), costOf, script });
  expect(sink.outcomes[0]?.effort.costUsd).toBe(0.000_04);
});
