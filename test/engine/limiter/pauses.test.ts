import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProviderError, type ProviderErrorExtra } from '../../../src/core/errors.ts';
import { Events } from '../../../src/core/events.ts';
import { pausesRun } from '../../../src/engine/fault-kinds.ts';
import { Limiter } from '../../../src/engine/limiter/limiter.ts';
import { Pauses } from '../../../src/engine/limiter/pauses.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const tooMany = (extra: ProviderErrorExtra = {}) => new ProviderError('rate_limited', '429', extra);
const overloaded = (extra: ProviderErrorExtra = {}) => new ProviderError('overloaded', 'busy', extra);

function setUp(random = () => 0.5) {
  const clock = new VirtualClock();
  const events = new Events();
  const limiter = new Limiter({ clock, limits: [] });
  const emitted: { at: number; untilMs: number }[] = [];
  events.on('pause', (event) => emitted.push(event));
  const pauses = new Pauses({ limiter, clock, random, emit: events.emit });
  /** How many requests at once get through within that time. */
  const admittedWithin = async (ms: number): Promise<number> => {
    let admitted = 0;
    for (let i = 0; i < 1000; i++) {
      void limiter.acquire({ inputTokens: 0, outputTokens: 0 }).then(() => {
        admitted += 1;
      });
    }
    await clock.advance(ms);
    return admitted;
  };
  const nextAdmittedAt = async (): Promise<number> => {
    await clock.until(limiter.acquire({ inputTokens: 0, outputTokens: 0 }));
    return clock.now();
  };
  return { clock, limiter, pauses, emitted, nextAdmittedAt, admittedWithin };
}

describe('what pauses the run', () => {
  it.each([
    ['a 429', tooMany({ status: 429 }), true],
    ['a 529', overloaded({ status: 529 }), true],
    ['a 503 that says when to come back', overloaded({ status: 503, retryAfterMs: 10 }), true],
    ['a bare 503', overloaded({ status: 503 }), false],
    [
      'a 500 that says when to come back',
      new ProviderError('server_error', 'x', { retryAfterMs: 10 }),
      false,
    ],
    ['a timeout', new ProviderError('timeout', 'x'), false],
  ])('%s: %s', (_name, error, expected) => {
    expect(pausesRun(error)).toBe(expected);
  });
});

describe('a storm of rejections', () => {
  it('is one pause, as long as the endpoint says, however many report it', async () => {
    const { pauses, emitted, nextAdmittedAt } = setUp();
    for (let i = 0; i < 50; i++) pauses.report(tooMany({ retryAfterMs: 2000 }), 0);
    expect(emitted).toHaveLength(1);
    expect(await nextAdmittedAt()).toBe(2000);
  });

  it('is one pause with our own backoff where the endpoint names no time', async () => {
    const { clock, pauses, emitted, nextAdmittedAt } = setUp();
    for (let i = 0; i < 50; i++) {
      pauses.report(tooMany(), 0);
      await clock.advance(5);
    }
    expect(emitted).toHaveLength(1);
    expect(await nextAdmittedAt()).toBe(750);
  });

  it('grows only longer by what later reports ask for', async () => {
    const { clock, pauses, emitted, nextAdmittedAt } = setUp();
    pauses.report(tooMany({ retryAfterMs: 2000 }), 0);
    await clock.advance(100);
    pauses.report(tooMany({ retryAfterMs: 5000 }), 0);
    pauses.report(tooMany({ retryAfterMs: 1 }), 0);
    expect(emitted.map((pause) => pause.untilMs)).toEqual([2000, 5100]);
    expect(await nextAdmittedAt()).toBe(5100);
  });

  it('doubles the wait from storm to storm, up to a minute', async () => {
    const { clock, pauses, emitted, nextAdmittedAt } = setUp(() => 0.999_999);
    await clock.advance(1);
    for (let storm = 0; storm < 9; storm++) {
      pauses.report(tooMany(), clock.now());
      await nextAdmittedAt();
    }
    const waits = emitted.map(({ at, untilMs }) => Math.round(untilMs - at));
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('begins anew once a request that was sent after the pause got through', async () => {
    const { clock, pauses, emitted } = setUp();
    await clock.advance(1);
    for (let storm = 0; storm < 3; storm++) {
      pauses.report(tooMany(), clock.now());
      await clock.advance(10_000);
      if (storm === 0) pauses.succeeded(0);
      if (storm === 1) pauses.succeeded(clock.now());
    }
    expect(emitted.map(({ at, untilMs }) => untilMs - at)).toEqual([750, 1500, 750]);
  });

  it('never becomes a hot loop, however small a wait the endpoint asks for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constant(0), fc.constant(-5000), fc.double({ min: 0, max: 20, noNaN: true })), {
          minLength: 40,
          maxLength: 40,
        }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        async (asked, drawn) => {
          const { clock, pauses, nextAdmittedAt } = setUp(() => drawn);
          let sent = 0;
          for (const retryAfterMs of asked) {
            const sentAt = await nextAdmittedAt();
            sent += 1;
            await clock.advance(1);
            pauses.report(overloaded({ retryAfterMs, status: 529 }), sentAt);
            if (clock.now() > 10_000) break;
          }
          expect(sent).toBeLessThanOrEqual(15);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('keeps to the longer of the two once the endpoint’s word was followed and did not help', async () => {
    const { clock, pauses, emitted, nextAdmittedAt } = setUp();
    await clock.advance(1);
    for (let storm = 0; storm < 6; storm++) {
      pauses.report(tooMany({ retryAfterMs: 100 }), clock.now());
      await nextAdmittedAt();
    }
    const waits = emitted.map(({ at, untilMs }) => Math.round(untilMs - at));
    expect(waits).toEqual([100, 100, 150, 300, 600, 1200]);
  });

  it('obeys a wait longer than a timer can count', async () => {
    const { pauses, nextAdmittedAt } = setUp();
    const retryAfterMs = 2 ** 31 + 5000;
    pauses.report(tooMany({ retryAfterMs }), 0);
    expect(await nextAdmittedAt()).toBe(retryAfterMs);
  });

  it.each([
    [
      'four fifths of the rate that was accepted after a 429',
      tooMany({ status: 429, retryAfterMs: 5000 }),
      80,
    ],
    ['half of it after a 529', overloaded({ status: 529, retryAfterMs: 5000 }), 50],
  ])('ends in a slow start: %s', async (_name, error, perSecond) => {
    const { clock, limiter, pauses, admittedWithin } = setUp();
    for (let i = 0; i < 101; i++) limiter.tryAcquire({ inputTokens: 0, outputTokens: 0 });
    await clock.advance(1000);
    pauses.report(error, 1);
    const admitted = await admittedWithin(6000);
    expect(admitted).toBeGreaterThanOrEqual(perSecond);
    expect(admitted).toBeLessThanOrEqual(perSecond * 1.1);
  });
});
