import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { Limiter, type Permit } from '../../../src/engine/limiter/limiter.ts';
import type { QuotaOptions } from '../../../src/engine/limiter/quota.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const MINUTE = 60_000;
const requests = (limit: number, windowMs = MINUTE): QuotaOptions => ({ unit: 'requests', limit, windowMs });
const tokens = (limit: number, windowMs = MINUTE): QuotaOptions => ({ unit: 'tokens', limit, windowMs });
const cost = (inputTokens: number, outputTokens = 0) => ({ inputTokens, outputTokens });

function limiterWith(...limits: QuotaOptions[]) {
  const clock = new VirtualClock();
  return { clock, limiter: new Limiter({ clock, limits }) };
}

describe('the limiter', () => {
  it('lets everything through at once where there is no limit', () => {
    const { limiter } = limiterWith();
    for (let i = 0; i < 1000; i++) expect(limiter.tryAcquire(cost(1e9))).toBeDefined();
  });

  it('counts input and output tokens apart where the limits do', () => {
    const { limiter } = limiterWith(
      { unit: 'inputTokens', limit: 1000, windowMs: MINUTE },
      { unit: 'outputTokens', limit: 100, windowMs: MINUTE },
    );
    expect(() => limiter.tryAcquire(cost(1001, 0))).toThrow('limit is 1000');
    expect(() => limiter.tryAcquire(cost(0, 101))).toThrow('limit is 100');
    expect(limiter.tryAcquire(cost(1000, 100))).toBeDefined();
  });

  it('refuses a request larger than the whole limit at once, by name', async () => {
    const { clock, limiter } = limiterWith(requests(60), tokens(1000));
    await expect(clock.until(limiter.acquire(cost(900, 101)))).rejects.toMatchObject({
      code: 'request_too_large',
      message: 'the request takes about 1001 tokens; the limit is 1000 in 60 s',
    });
    expect(() => limiter.tryAcquire(cost(900, 101))).toThrow('1001');
    expect(limiter.tryAcquire(cost(900, 100))).toBeDefined();
  });

  it('admits in the order of asking: a big request is not passed by small ones', async () => {
    const { clock, limiter } = limiterWith(tokens(1000));
    const admitted: number[] = [];
    const ask = (size: number) => limiter.acquire(cost(size)).then(() => admitted.push(size));
    const all = Promise.all([
      ask(500),
      ask(1),
      ask(1000),
      ...Array.from({ length: 50 }, () => ask(2)),
      ask(3),
    ]);
    await clock.until(all);
    expect(admitted.slice(0, 3)).toEqual([500, 1, 1000]);
    expect(admitted.at(-1)).toBe(3);
  });

  it('lets nobody in ahead of those who wait, even if there is room for him', () => {
    const { limiter } = limiterWith(tokens(1000, 86_400_000));
    limiter.tryAcquire(cost(500));
    void limiter.acquire(cost(600));
    expect(limiter.tryAcquire(cost(100))).toBeUndefined();
  });

  it('admits a big request within two windows however many small ones keep coming', async () => {
    const { clock, limiter } = limiterWith(tokens(6000));
    let bigAt: number | undefined;
    let stop = false;
    const small = async (): Promise<void> => {
      while (!stop) await limiter.acquire(cost(10));
    };
    const crowd = Array.from({ length: 20 }, small);
    await clock.advance(90_000);
    const askedAt = clock.now();
    limiter.acquire(cost(6000)).then(() => {
      bigAt = clock.now();
    });
    await clock.advance(3 * MINUTE);
    stop = true;
    await clock.until(Promise.all(crowd));
    expect((bigAt ?? Number.POSITIVE_INFINITY) - askedAt).toBeLessThan(2 * MINUTE);
  });

  it('gives everything back on release, whatever was taken', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(sizes, async (each) => {
        const { clock, limiter } = limiterWith(requests(100), tokens(6000));
        const permits: Permit[] = [];
        for (const size of each) permits.push(await clock.until(limiter.acquire(cost(size))));
        const before = clock.now();
        for (const permit of permits) permit.release();
        expect(limiter.tryAcquire(cost(6000))).toBeDefined();
        expect(clock.now()).toBe(before);
      }),
      { numRuns: 50 },
    );
  });

  it('balances whatever mixture of settling, releasing and doing both comes', async () => {
    const use = fc.record({
      estimate: fc.integer({ min: 1, max: 500 }),
      actual: fc.integer({ min: 0, max: 500 }),
      end: fc.constantFrom('settle', 'release', 'settle twice', 'settle, release', 'release, settle'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(use, { minLength: 1, maxLength: 15 }), async (uses) => {
        const { clock, limiter } = limiterWith(tokens(10_000));
        let used = 0;
        for (const { estimate, actual, end } of uses) {
          const permit = await clock.until(limiter.acquire(cost(estimate)));
          for (const step of end.split(/, | (?=twice)/)) {
            if (step === 'release') permit.release();
            else permit.settle({ inputTokens: actual, outputTokens: 0 });
          }
          if (!end.startsWith('release')) used += actual;
        }
        // What the window still holds is exactly what was used: the rest of the limit fits, one more does not.
        await clock.advance(Math.max(0, 50_000 - clock.now()));
        const rest = limiter.tryAcquire(cost(10_000 - used));
        expect(rest).toBeDefined();
        rest?.release();
        if (used > 0) expect(limiter.tryAcquire(cost(10_000 - used + 1))).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the estimate of what the endpoint did not report', async () => {
    const { clock, limiter } = limiterWith(tokens(1000));
    const permit = limiter.tryAcquire(cost(400, 300));
    permit?.settle({ outputTokens: 100 });
    await clock.advance(50_000);
    expect(limiter.tryAcquire(cost(501))).toBeUndefined();
    expect(limiter.tryAcquire(cost(500))).toBeDefined();
  });

  it('lets the next in as soon as a settled estimate makes room', async () => {
    const { clock, limiter } = limiterWith(tokens(1000));
    const first = limiter.tryAcquire(cost(1000));
    let admittedAt: number | undefined;
    limiter.acquire(cost(500)).then(() => {
      admittedAt = clock.now();
    });
    await clock.advance(2000);
    first?.settle({ inputTokens: 10, outputTokens: 0 });
    await clock.advance(0);
    expect(admittedAt).toBe(2000);
  });

  it('rejects those who wait and those who come once it is stopped', async () => {
    const { clock, limiter } = limiterWith(requests(1));
    limiter.tryAcquire(cost(1));
    const waiting = [limiter.acquire(cost(1)), limiter.acquire(cost(1))];
    const reason = new AppError('interrupted', 'stop');
    limiter.stop(reason);
    for (const each of waiting) await expect(each).rejects.toBe(reason);
    await expect(limiter.acquire(cost(1))).rejects.toBe(reason);
    expect(() => limiter.tryAcquire(cost(1))).toThrow(reason);
    expect(clock.pending).toBe(0);
  });

  it('admits nothing during a pause and starts at the pace after it, without a burst', async () => {
    const { clock, limiter } = limiterWith(requests(6000));
    const at: number[] = [];
    for (let i = 0; i < 300; i++) limiter.acquire(cost(1)).then(() => at.push(clock.now()));
    await clock.advance(500);
    const before = at.length;
    limiter.pauseUntil(10_000);
    expect(limiter.blockedBy).toBe('pause');
    await clock.advance(9499);
    expect(at.length).toBe(before);
    await clock.advance(101);
    expect(at.length - before).toBeGreaterThanOrEqual(10);
    expect(at.length - before).toBeLessThanOrEqual(11);
  });

  it('a shorter pause does not cut a longer one', async () => {
    const { clock, limiter } = limiterWith();
    limiter.pauseUntil(5000);
    limiter.pauseUntil(1000);
    await clock.until(limiter.acquire(cost(1)));
    expect(clock.now()).toBe(5000);
  });

  it('does not pace a limit by the day: it may be used as fast as the others allow', async () => {
    const { limiter, clock } = limiterWith(requests(500, 86_400_000));
    for (let i = 0; i < 500; i++) expect(limiter.tryAcquire(cost(1))).toBeDefined();
    expect(limiter.tryAcquire(cost(1))).toBeUndefined();
    await clock.until(limiter.acquire(cost(1)));
    expect(clock.now()).toBeGreaterThanOrEqual(86_400_000);
    expect(clock.now()).toBeLessThanOrEqual(86_400_000 * (1 + 1 / 600));
  });

  it('refuses what waits and became too large when a smaller limit is learnt', async () => {
    const { clock, limiter } = limiterWith(tokens(1000));
    limiter.tryAcquire(cost(1000));
    const waiting = limiter.acquire(cost(800));
    const next = limiter.acquire(cost(100));
    limiter.learn(tokens(500));
    await expect(clock.until(waiting)).rejects.toMatchObject({ code: 'request_too_large' });
    await clock.until(next);
  });

  it.each([
    ['requests', [requests(1)], 'requests'],
    ['tokens', [tokens(10)], 'tokens'],
    ['the tighter of two', [requests(1000), tokens(10)], 'tokens'],
  ] as const)('names %s as what holds it back', (_name, limits, by) => {
    const { limiter } = limiterWith(...limits);
    limiter.tryAcquire(cost(10));
    expect(limiter.blockedBy).toBe('none');
    void limiter.acquire(cost(10));
    expect(limiter.blockedBy).toBe(by);
  });
});
