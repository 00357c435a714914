import { describe, expect, it } from 'vitest';
import { Events, type RunEvents } from '../../../src/core/events.ts';
import type { LimitHint } from '../../../src/core/request.ts';
import type { LimitUnit } from '../../../src/engine/limiter/cost.ts';
import { LearntLimits } from '../../../src/engine/limiter/learnt-limits.ts';
import { Limiter } from '../../../src/engine/limiter/limiter.ts';
import type { QuotaOptions } from '../../../src/engine/limiter/quota.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function setUp(limits: readonly QuotaOptions[] = []) {
  const clock = new VirtualClock();
  const events = new Events();
  const limiter = new Limiter({ clock, limits });
  const told: RunEvents['limit'][] = [];
  events.on('limit', (event) => told.push(event));
  const given = new Set<LimitUnit>(limits.map(({ unit }) => unit));
  const learnt = new LearntLimits({ limiter, clock, emit: events.emit, given });
  /** How many requests of one token get through within that time. */
  const admittedWithin = async (ms: number): Promise<number> => {
    let admitted = 0;
    let over = false;
    const worker = async (): Promise<void> => {
      while (!over && admitted < 10_000) {
        await limiter.acquire({ inputTokens: 1, outputTokens: 0 });
        if (!over) admitted += 1;
      }
    };
    void worker();
    await clock.advance(ms);
    over = true;
    return admitted;
  };
  return { clock, limiter, learnt, told, admittedWithin };
}

const hint = (fields: Omit<LimitHint, 'unit'>): LimitHint => ({ unit: 'requests', ...fields });

describe('limits that the endpoint announces', () => {
  it('are taken for a minute’s and kept to', async () => {
    const { learnt, told, admittedWithin } = setUp();
    learnt.heard([hint({ limit: 600, remaining: 599, resetMs: 100 })], 0);
    expect(told).toEqual([{ unit: 'requests', perMinute: 600, source: 'endpoint' }]);
    expect(await admittedWithin(MINUTE)).toBeGreaterThanOrEqual(594);
    expect(await admittedWithin(MINUTE)).toBeLessThanOrEqual(601);
  });

  it('are told of once, and again when they change', () => {
    const { learnt, told } = setUp();
    for (const limit of [600, 600, 300, 300]) learnt.heard([hint({ limit })], 0);
    expect(told.map(({ perMinute }) => perMinute)).toEqual([600, 300]);
  });

  it('follow what the endpoint says last', async () => {
    const { learnt, admittedWithin } = setUp();
    learnt.heard([hint({ limit: 60 })], 0);
    learnt.heard([hint({ limit: 6000 })], 0);
    expect(await admittedWithin(10 * SECOND)).toBeGreaterThanOrEqual(990);
  });

  it('use the window that the endpoint names', async () => {
    const { learnt, admittedWithin } = setUp();
    learnt.heard([hint({ limit: 10, windowMs: SECOND })], 0);
    expect(await admittedWithin(10 * SECOND)).toBeGreaterThanOrEqual(99);
    expect(await admittedWithin(10 * SECOND)).toBeLessThanOrEqual(101);
  });

  it('block when nothing is left, until the reset', async () => {
    const { clock, limiter, learnt } = setUp();
    learnt.heard([hint({ limit: 600, remaining: 0, resetMs: 20 * SECOND })], 0);
    await clock.until(limiter.acquire({ inputTokens: 1, outputTokens: 0 }));
    expect(clock.now()).toBe(20 * SECOND);
  });

  it('give way to what the user says', async () => {
    const { learnt, told, admittedWithin } = setUp([{ unit: 'requests', limit: 6000, windowMs: MINUTE }]);
    learnt.heard([hint({ limit: 10, remaining: 0, resetMs: 30 * SECOND })], 0);
    expect(told).toEqual([]);
    expect(await admittedWithin(10 * SECOND)).toBeGreaterThanOrEqual(990);
  });

  it('fill the gaps that the user left', () => {
    const { learnt, told, limiter } = setUp([{ unit: 'requests', limit: 6000, windowMs: MINUTE }]);
    learnt.heard([hint({ limit: 10 }), { unit: 'tokens', limit: 100 }], 0);
    expect(told.map(({ unit }) => unit)).toEqual(['tokens']);
    expect(limiter.countsTokens).toBe(true);
  });
});

describe('limits that are not a minute’s', () => {
  it.each([
    ['Groq: by the day, in the header in which others write by the minute', 14_400, 14_370, 179_560],
    ['OpenAI’s documentation: 6m0s with almost all left', 150_000, 149_984, 6 * MINUTE],
    ['by the hour, in a fixed window', 20, 19, HOUR],
    ['by the day, in a fixed window', 50, 20, 17 * HOUR],
    ['by the day, in a fixed window, nearly used up', 50, 1, 17 * HOUR],
  ])('are left to the endpoint’s own word: %s', async (_name, limit, remaining, resetMs) => {
    const { learnt, told, admittedWithin } = setUp();
    learnt.heard([hint({ limit, remaining, resetMs })], 0);
    expect(told).toEqual([]);
    expect(await admittedWithin(SECOND)).toBe(10_000);
  });

  it('do not hold back the next minute where a fixed window has just begun', async () => {
    const { learnt, admittedWithin } = setUp();
    learnt.heard([hint({ limit: 5000, remaining: 4999, resetMs: MINUTE })], 0);
    expect(await admittedWithin(MINUTE)).toBeGreaterThanOrEqual(4900);
    expect(await admittedWithin(MINUTE)).toBeGreaterThanOrEqual(4900);
  });

  it('are left to it too where it names such a window', async () => {
    const { learnt, told, admittedWithin } = setUp();
    learnt.heard([hint({ limit: 100, remaining: 50, resetMs: 30 * SECOND, windowMs: 24 * HOUR })], 0);
    expect(told).toEqual([]);
    expect(await admittedWithin(SECOND)).toBe(10_000);
  });
});

describe('junk in the headers', () => {
  it.each([
    hint({}),
    hint({ limit: 0 }),
    hint({ limit: -5, remaining: 0, resetMs: HOUR }),
    hint({ limit: Number.NaN, remaining: 0, resetMs: HOUR }),
    hint({ limit: 60, windowMs: 0 }),
    hint({ limit: 60, windowMs: Number.NaN }),
    hint({ remaining: 0, resetMs: HOUR }),
  ])('is ignored: %j', async (junk) => {
    const { learnt, told, limiter } = setUp();
    learnt.heard([junk], 0);
    expect(told).toEqual([]);
    for (let i = 0; i < 100; i++)
      expect(limiter.tryAcquire({ inputTokens: 1, outputTokens: 0 })).toBeDefined();
  });
});
