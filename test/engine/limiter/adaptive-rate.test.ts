import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../src/core/errors.ts';
import { AdaptiveRate } from '../../../src/engine/limiter/adaptive-rate.ts';
import type { Script, ScriptedAnswer } from '../../helpers/scripted-provider.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { goodRows } from '../helpers/records.ts';
import { runEngine } from '../helpers/run-engine.ts';

/** Allows so many requests in any window of that length and rejects the rest at once. */
function limitedEndpoint(
  clock: VirtualClock,
  limit: { count: number; windowMs: number; latencyMs?: number; retryAfter?: boolean; usedAlready?: number },
): Script {
  const accepted: number[] = Array.from({ length: limit.usedAlready ?? 0 }, () => 0);
  return (): ScriptedAnswer => {
    const now = clock.now();
    const inWindow = accepted.filter((at) => at > now - limit.windowMs);
    if (inWindow.length < limit.count) {
      accepted.push(now);
      return { latencyMs: limit.latencyMs ?? 0 };
    }
    const retryAfterMs = limit.retryAfter ? (inWindow[0] ?? now) + limit.windowMs - now : undefined;
    return { latencyMs: 1, error: new ProviderError('rate_limited', '429', { status: 429, retryAfterMs }) };
  };
}

const allOk = (outcomes: readonly { readonly ok: boolean }[]): boolean => outcomes.every((each) => each.ok);

describe('an endpoint that allows five requests a second and says so nowhere (case 14)', () => {
  it.each([
    { latencyMs: 0, seed: 1 },
    { latencyMs: 30, seed: 2 },
    { latencyMs: 400, seed: 3 },
    { latencyMs: 5000, seed: 4 },
  ])('gets 40 records answered with fewer than 80 requests: answers after $latencyMs ms', async (each) => {
    const clock = new VirtualClock();
    const script = limitedEndpoint(clock, { count: 5, windowMs: 1000, latencyMs: each.latencyMs });
    const { sink, provider } = await runEngine({
      ...{ clock, script, seed: each.seed, rows: goodRows(40), concurrency: 20 },
    });
    expect(sink.outcomes).toHaveLength(40);
    expect(allOk(sink.outcomes)).toBe(true);
    expect(provider.arrivals.length).toBeLessThan(80);
    expect(clock.now()).toBeLessThan(60_000);
  });

  it('spreads the retries out', async () => {
    const clock = new VirtualClock();
    const script = limitedEndpoint(clock, { count: 5, windowMs: 1000 });
    const { provider } = await runEngine({ clock, script, rows: goodRows(40), concurrency: 20 });
    const later = provider.arrivals.filter(({ at }) => at > 0).map(({ at }) => at);
    const together = later.filter((at, i) => i > 0 && at - (later[i - 1] ?? 0) < 10);
    expect(together.length).toBeLessThanOrEqual(later.length / 10);
  });

  it('uses four fifths of what it allows over a long run, with few rejections', async () => {
    const clock = new VirtualClock();
    const script = limitedEndpoint(clock, { count: 5, windowMs: 1000, latencyMs: 300 });
    const { sink, provider } = await runEngine({ clock, script, rows: goodRows(1500), concurrency: 20 });
    expect(allOk(sink.outcomes)).toBe(true);
    expect(clock.now()).toBeLessThan(((1500 / 5) * 1000) / 0.8);
    expect(provider.arrivals.length).toBeLessThan(1500 * 1.05);
  });
});

describe('an endpoint whose window is used up already', () => {
  it.each([true, false])('is found again at its full rate (says when: %s)', async (retryAfter) => {
    const clock = new VirtualClock();
    const limit = { count: 300, windowMs: 60_000, latencyMs: 1000, retryAfter, usedAlready: 300 };
    const script = limitedEndpoint(clock, limit);
    const { sink } = await runEngine({ clock, script, rows: goodRows(600), concurrency: 20 });
    expect(allOk(sink.outcomes)).toBe(true);
    expect(clock.now()).toBeLessThan(60_000 + 180_000);
  });

  it('is not crawled at where slow answers had not come when the first rejection did', async () => {
    const clock = new VirtualClock();
    const limit = { count: 10, windowMs: 1000, latencyMs: 8000 };
    const script = limitedEndpoint(clock, limit);
    const { sink } = await runEngine({ clock, script, rows: goodRows(200), concurrency: 40 });
    expect(allOk(sink.outcomes)).toBe(true);
    // 40 in flight for 8 s each allow 5 a second: 40 s.
    expect(clock.now()).toBeLessThan(80_000);
  });
});

describe('the adaptive rate', () => {
  const take = (rate: AdaptiveRate, count: number, now: number): void => {
    for (let i = 0; i < count; i++) rate.take(now);
  };

  it('lets everything through until something is rejected', () => {
    const rate = new AdaptiveRate(0);
    take(rate, 1000, 0);
    expect(rate.waitMs(0)).toBe(0);
    expect(rate.perSecond).toBeUndefined();
  });

  it('falls to four fifths of what was accepted, however the rejections of one storm come in', () => {
    const rate = new AdaptiveRate(0);
    take(rate, 20, 0);
    for (let i = 0; i < 15; i++) rate.rejected(10 + i, 1000 + i, i === 0);
    expect(rate.perSecond).toBeCloseTo(4, 6);
  });

  it('waits for the end of the pause and goes on evenly, without making up for it', () => {
    const rate = new AdaptiveRate(0);
    take(rate, 200, 0);
    for (let i = 0; i < 75; i++) rate.rejected(10, 1000, i === 0);
    expect(rate.waitMs(10)).toBe(990);
    rate.take(1000);
    expect(rate.waitMs(1000)).toBeCloseTo(10, 6);
  });

  it('is not taken for nothing where a single request after the pause is rejected', () => {
    const rate = new AdaptiveRate(0);
    take(rate, 20, 0);
    for (let i = 0; i < 10; i++) rate.rejected(10, 1000, i === 0);
    rate.take(1000);
    rate.rejected(1010, 2000, true);
    expect(rate.perSecond).toBeCloseTo(8 * 0.8, 6);
  });

  it('rises with the answers, fast at first and slowly near the rate that was too high', () => {
    const rate = new AdaptiveRate(0);
    take(rate, 200, 0);
    for (let i = 0; i < 100; i++) rate.rejected(10, 1000, i === 0);
    const risePerSecond = (): number => {
      const before = rate.perSecond ?? 0;
      for (let i = 0; i < before; i++) rate.answered();
      return (rate.perSecond ?? 0) - before;
    };
    expect(risePerSecond()).toBeCloseTo(5, 0);
    risePerSecond();
    risePerSecond();
    expect(risePerSecond()).toBeCloseTo(1, 0);
  });
});
