import { describe, expect, it } from 'vitest';
import { AppError, ProviderError } from '../../../src/core/errors.ts';
import { AdaptiveRate } from '../../../src/engine/limiter/adaptive-rate.ts';
import type { Script, ScriptedAnswer } from '../../helpers/scripted-provider.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { goodRows } from '../helpers/records.ts';
import { runEngine, startEngine } from '../helpers/run-engine.ts';
import { seededRandom } from '../helpers/seeded-random.ts';

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

/** A bucket that refills all the time. */
function bucketEndpoint(clock: VirtualClock, { perMinute, burst }: { perMinute: number; burst: number }) {
  const seen = { accepted: 0, rejected: 0 };
  let level = burst;
  let at = 0;
  const admits = (): boolean => {
    level = Math.min(burst, level + ((clock.now() - at) * perMinute) / 60_000);
    at = clock.now();
    const isIn = level >= 1 - 1e-6;
    if (isIn) level -= 1;
    seen[isIn ? 'accepted' : 'rejected'] += 1;
    return isIn;
  };
  return { seen, admits };
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

describe('an endpoint whose bucket holds 1.1 seconds’ worth, and that says so nowhere', () => {
  const SAVED_MS = 1100;
  /** Minutes until the rate is found. */
  const BEFORE = 5;

  /** Sends as fast as the rate lets it for that time, with a pause a storm; rejections take a while to come. */
  function drive(options: { perMinute: number; rejectionMs: number; seed: number; minutes?: number }) {
    const { perMinute, rejectionMs, minutes = 30 } = options;
    const perMs = perMinute / 60_000;
    const burst = Math.max(1, perMs * 1000) + perMs * 100;
    const random = seededRandom(options.seed);
    const rate = new AdaptiveRate(0);
    const seen = { accepted: 0, rejected: 0 };
    const coming: { readonly at: number; readonly sentAt: number }[] = [];
    let level = burst;
    let filledAt = 0;
    let stormAt = -1;
    let resumeAt = 0;
    const hear = ({ at, sentAt }: { at: number; sentAt: number }): void => {
      const first = sentAt > stormAt;
      if (first) stormAt = at;
      if (first) resumeAt = at + 500 + random() * 500;
      rate.rejected(at, { resumeAt, first, overloaded: false });
    };
    // Nothing holds the first second back but the concurrency: 64 in flight, answers after 100 ms.
    for (let now = 0.1; now < minutes * 60_000; ) {
      while ((coming[0]?.at ?? now + 1) <= now) hear(coming.shift() ?? { at: 0, sentAt: 0 });
      const waitMs = Math.max(resumeAt - now, rate.waitMs(now));
      if (waitMs > 0) {
        now = Math.min(now + waitMs, coming[0]?.at ?? Number.POSITIVE_INFINITY);
        continue;
      }
      rate.take(now);
      level = Math.min(burst, level + (now - filledAt) * perMs);
      filledAt = now;
      const isIn = level >= 1;
      if (isIn) level -= 1;
      else coming.push({ at: now + rejectionMs, sentAt: now });
      if (now > BEFORE * 60_000) seen[isIn ? 'accepted' : 'rejected'] += 1;
      if (rate.perSecond === undefined) now += 100 / 64;
    }
    const used = seen.accepted / (perMinute * (minutes - BEFORE));
    return { used, share: seen.rejected / seen.accepted };
  }

  it.each([
    { perMinute: 30, rejectionMs: 30 },
    { perMinute: 30, rejectionMs: 1000 },
    { perMinute: 60, rejectionMs: 30 },
    { perMinute: 60, rejectionMs: 1000 },
    { perMinute: 600, rejectionMs: 30 },
    { perMinute: 600, rejectionMs: 1000 },
    { perMinute: 6000, rejectionMs: 30, minutes: 15 },
    { perMinute: 6000, rejectionMs: 1000, minutes: 15 },
  ])('is used to 97 %, with few rejections: $perMinute a minute, told after $rejectionMs ms', (each) => {
    for (let seed = 1; seed <= 5; seed++) {
      const { used, share } = drive({ ...each, seed });
      expect(used).toBeGreaterThanOrEqual(0.97);
      expect(share).toBeLessThan(0.006);
    }
  });

  it('is so by the whole engine too, with answers after 100 to 2000 ms', async () => {
    const clock = new VirtualClock();
    const random = seededRandom(6000);
    const endpoint = bucketEndpoint(clock, { perMinute: 6000, burst: 6000 * (SAVED_MS / 60_000) });
    const { start, control } = startEngine({
      ...{ clock, rows: goodRows(20_000), concurrency: 300 },
      script: () =>
        endpoint.admits()
          ? { latencyMs: 100 + random() * 1900 }
          : { latencyMs: 1, error: new ProviderError('rate_limited', '429', { status: 429 }) },
    });
    const run = start();
    await clock.advance(60_000);
    const before = { ...endpoint.seen };
    await clock.advance(60_000);
    control.abort(new AppError('interrupted', 'enough'));
    await clock.until(run);
    const accepted = endpoint.seen.accepted - before.accepted;
    expect(accepted / 6000).toBeGreaterThanOrEqual(0.95);
    expect(endpoint.seen.rejected - before.rejected).toBeLessThan(30);
  });
});

describe('the adaptive rate', () => {
  const STORM = { first: true, overloaded: false };
  const MORE = { first: false, overloaded: false };
  const take = (rate: AdaptiveRate, count: number, now: number): void => {
    for (let i = 0; i < count; i++) rate.take(now);
  };
  /** Takes as fast as is allowed until then. */
  const takeUntil = (rate: AdaptiveRate, from: number, to: number): void => {
    for (let now = from; now < to; now += Math.max(1e-6, rate.waitMs(now))) rate.take(now);
  };
  /** A rate after its first storm: 100 of 200 requests were rejected within a second. */
  const fallen = (): AdaptiveRate => {
    const rate = new AdaptiveRate(0);
    take(rate, 200, 0);
    for (let i = 0; i < 100; i++) rate.rejected(10, { resumeAt: 1000, ...(i === 0 ? STORM : MORE) });
    return rate;
  };
  /** And after its second, at 4 s; sending goes on at 5 s. */
  const found = (): { readonly rate: AdaptiveRate; readonly ceiling: number } => {
    const rate = fallen();
    takeUntil(rate, 1000, 4000);
    rate.rejected(4000, { resumeAt: 5000, ...STORM });
    return { rate, ceiling: (rate.perSecond ?? 0) / 0.9 };
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
    for (let i = 0; i < 15; i++) rate.rejected(10 + i, { resumeAt: 1000 + i, ...(i === 0 ? STORM : MORE) });
    expect(rate.perSecond).toBeCloseTo(4, 6);
  });

  it('falls to half of it where the endpoint is overloaded', () => {
    const rate = new AdaptiveRate(0);
    take(rate, 20, 0);
    for (let i = 0; i < 15; i++)
      rate.rejected(10 + i, { resumeAt: 1000 + i, first: i === 0, overloaded: true });
    expect(rate.perSecond).toBeCloseTo(2.5, 6);
  });

  it('waits for the end of the pause and goes on evenly, without making up for it', () => {
    const rate = new AdaptiveRate(0);
    take(rate, 200, 0);
    for (let i = 0; i < 75; i++) rate.rejected(10, { resumeAt: 1000, ...(i === 0 ? STORM : MORE) });
    expect(rate.waitMs(10)).toBe(990);
    rate.take(1000);
    expect(rate.waitMs(1000)).toBeCloseTo(10, 1);
  });

  it('is not taken for nothing where a single request after the pause is rejected', () => {
    const rate = new AdaptiveRate(0);
    take(rate, 20, 0);
    for (let i = 0; i < 10; i++) rate.rejected(10, { resumeAt: 1000, ...(i === 0 ? STORM : MORE) });
    rate.take(1000);
    rate.rejected(1010, { resumeAt: 2000, ...STORM });
    expect(rate.perSecond).toBeCloseTo(8 * 0.8, 1);
  });

  it('doubles in seven seconds after the first storm, which tells little of the ceiling', () => {
    const rate = fallen();
    expect(rate.perSecond).toBeCloseTo(80, 0);
    takeUntil(rate, 1000, 8000);
    expect((rate.perSecond ?? 0) / 160).toBeCloseTo(1, 1);
  });

  it('rises fast at first, is at the ceiling after half a minute, and outgrows one that is none', () => {
    const { rate, ceiling } = found();
    const share = (): number => (rate.perSecond ?? 0) / ceiling;
    takeUntil(rate, 5000, 15_000);
    expect(share()).toBeCloseTo(1 - 0.1 * (2 / 3) ** 3, 2);
    takeUntil(rate, 15_000, 35_000);
    expect(share()).toBeCloseTo(1, 2);
    takeUntil(rate, 35_000, 45_000);
    expect(share()).toBeLessThan(1.01);
    takeUntil(rate, 45_000, 86_000);
    expect(share()).toBeGreaterThan(4);
  });

  it('does not fall below what was accepted between two storms', () => {
    const { rate, ceiling } = found();
    let sent = 0;
    for (let now = 5000; now < 34_000; now += Math.max(1e-6, rate.waitMs(now))) {
      rate.take(now);
      sent += 1;
    }
    rate.rejected(34_000, { resumeAt: 35_000, ...STORM });
    expect(rate.perSecond).toBeCloseTo((sent - 2) / 30, 6);
    expect(rate.perSecond).toBeGreaterThan(0.92 * ceiling);
  });

  it('keeps no bounds from an overload: what was too much at a time was not the rate', () => {
    const { rate } = found();
    takeUntil(rate, 5000, 20_000);
    const tooMuch = rate.perSecond ?? 0;
    rate.rejected(20_000, { resumeAt: 21_000, first: true, overloaded: true });
    takeUntil(rate, 21_000, 51_000);
    expect((rate.perSecond ?? 0) / tooMuch).toBeCloseTo(1, 2);
  });

  it('learns nothing from a run that does not need it', () => {
    const rate = fallen();
    for (let now = 1000; now < 600_000; now += 200) rate.take(now);
    expect(rate.perSecond).toBeLessThan(81);
  });

  it('takes what was accepted between two storms for what the endpoint can do', () => {
    const rate = fallen();
    // From 10 ms to 20 s: 800 requests are 40 a second, sent at a rate that rose far beyond.
    for (let i = 0; i < 800; i++) rate.take(1000 + i * 11);
    const tooHigh = rate.perSecond ?? 0;
    rate.rejected(20_010, { resumeAt: 21_000, ...STORM });
    expect(rate.perSecond).toBeCloseTo((0.9 * (tooHigh + 799 / 20)) / 2, 1);
  });
});
