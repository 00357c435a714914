import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecentRate } from '../../src/observe/recent-rate.ts';

it('is what a list of all times says, whatever the gaps', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 15_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 0, max: 15_000 }), (steps, last) => {
      const rate = new RecentRate(500);
      const times: number[] = [];
      let now = 500;
      for (const step of steps) {
        now += step;
        times.push(now);
        rate.add(now);
      }
      now += last;
      const since = Math.floor((now - 500) / 1000) - 10;
      const counted = times.filter((time) => Math.floor((time - 500) / 1000) >= since).length;
      const span = since < 0 ? (now - 500) / 1000 : (now - 500) / 1000 - since;
      expect(rate.perSecond(now)).toBeCloseTo(span === 0 ? 0 : counted / span, 9);
    }),
  );
});
