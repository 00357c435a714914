import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SlidingMaximum } from '../../src/mock/sliding-maximum.ts';

it('finds the most that fell into any window, to the width of a bin', () => {
  const events = fc.array(fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 9 })), {
    minLength: 1,
    maxLength: 200,
  });
  fc.assert(
    fc.property(events, (steps) => {
      const window = new SlidingMaximum(1000);
      const seen: { readonly at: number; readonly amount: number }[] = [];
      let now = 0;
      for (const [gap, amount] of steps) {
        now += gap;
        window.add(now, amount);
        seen.push({ at: now, amount });
      }
      const most = (span: number): number =>
        Math.max(
          ...seen.map(({ at }) =>
            seen
              .filter((event) => event.at <= at && event.at > at - span)
              .reduce((sum, e) => sum + e.amount, 0),
          ),
        );
      expect(window.max).toBeGreaterThanOrEqual(most(990));
      expect(window.max).toBeLessThanOrEqual(most(1010));
    }),
  );
});

it('forgets what is past after a long silence', () => {
  const window = new SlidingMaximum(60_000);
  window.add(5, 3);
  window.add(10_000_000, 2);
  expect(window.max).toBe(3);
});
