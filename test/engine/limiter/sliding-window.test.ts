import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../../src/engine/limiter/sliding-window.ts';

type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'add'; readonly amount: number }
  | { readonly do: 'correct'; readonly which: number; readonly share: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('wait' as const),
    ms: fc.oneof(
      fc.double({ min: 0, max: 5000, noNaN: true }),
      fc.double({ min: 0, max: 200_000, noNaN: true }),
    ),
  }),
  fc.record({ do: fc.constant('add' as const), amount: fc.integer({ min: 1, max: 1000 }) }),
  fc.record({
    do: fc.constant('correct' as const),
    which: fc.nat(50),
    share: fc.double({ min: -1, max: 1, noNaN: true }),
  }),
);

/** Every event in a list: slow, and plainly right. */
class NaiveWindow {
  readonly events: { readonly at: number; amount: number }[] = [];

  sumSince(start: number): number {
    return this.events.reduce((sum, event) => (event.at > start ? sum + event.amount : sum), 0);
  }
}

describe('a sliding window', () => {
  it('never counts less than the true sum, and never more than one slot more', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1000, 60_000, 86_400_000, 777),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.array(step, { maxLength: 60 }),
        (windowMs, begin, steps) => {
          let now = begin;
          const window = new SlidingWindow(windowMs, now);
          const naive = new NaiveWindow();
          for (const each of steps) {
            if (each.do === 'wait') now += each.ms * (windowMs / 60_000);
            if (each.do === 'add') {
              window.add(each.amount, now);
              naive.events.push({ at: now, amount: each.amount });
            }
            const event = each.do === 'correct' ? naive.events[each.which] : undefined;
            if (each.do === 'correct' && event !== undefined) {
              const delta = Math.round(event.amount * each.share);
              if (event.at > now - windowMs) event.amount += delta;
              if (event.at > now - windowMs) window.correct(delta, event.at, now);
            }
            const used = window.used(now);
            expect(used).toBeGreaterThanOrEqual(naive.sumSince(now - windowMs) - 1e-6);
            expect(used).toBeLessThanOrEqual(
              naive.sumSince(now - windowMs - window.slotMs * 1.000001) + 1e-6,
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('says how long to wait, neither too short nor more than a slot too long', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 20_000, noNaN: true }), fc.integer({ min: 1, max: 100 })),
          {
            minLength: 1,
            maxLength: 30,
          },
        ),
        fc.nat(500),
        (adds, allowed) => {
          let now = 0;
          const window = new SlidingWindow(60_000, now);
          const naive = new NaiveWindow();
          for (const [ms, amount] of adds) {
            now += ms;
            window.add(amount, now);
            naive.events.push({ at: now, amount });
          }
          const wait = window.waitUntilAtMost(allowed, now);
          expect(naive.sumSince(now + wait - 60_000)).toBeLessThanOrEqual(allowed);
          if (wait > window.slotMs) {
            const earlier = now + wait - window.slotMs * 1.000001;
            expect(naive.sumSince(earlier - 60_000)).toBeGreaterThan(allowed);
          }
          expect(window.used(now + wait)).toBeLessThanOrEqual(allowed);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('counts each moment alike, and forgets it when it is past', () => {
    const window = new SlidingWindow(60_000, 0);
    for (let now = 0; now < 180_000; now += 25) {
      window.add(1, now);
      const inWindow = Math.min(60_000, now + 25) / 25;
      expect(window.used(now)).toBeGreaterThanOrEqual(inWindow);
      expect(window.used(now)).toBeLessThanOrEqual(inWindow + 4);
    }
  });

  it('forgets everything after a spell longer than itself', () => {
    const window = new SlidingWindow(1000, 0);
    window.add(5, 0);
    expect(window.used(1e9)).toBe(0);
    window.add(2, 1e9);
    expect(window.used(1e9 + 500)).toBe(2);
  });

  it('does not take up a correction of what has left it', () => {
    const window = new SlidingWindow(1000, 0);
    window.add(5, 0);
    window.correct(100, 0, 5000);
    expect(window.used(5000)).toBe(0);
  });
});
