import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrialPlan } from '../../../src/engine/concurrency/trial-plan.ts';

describe('trials', () => {
  it('double as long as they pay, up to the most', () => {
    const plan = new TrialPlan(100);
    const tried = [8];
    for (let i = 0; i < 4; i++) {
      tried.push(plan.next(tried.at(-1) ?? 0));
      plan.succeeded(tried.at(-1) ?? 0);
    }
    expect(tried).toEqual([8, 16, 32, 64, 100]);
  });

  it('go the other way after one that did not pay, each time after a longer rest', () => {
    const plan = new TrialPlan(1000);
    plan.failed(0);
    expect(plan.ramping).toBe(false);
    expect(plan.next(100)).toBe(70);
    expect([plan.isDue(999), plan.isDue(1000)]).toEqual([false, true]);
    plan.failed(1000);
    expect(plan.next(100)).toBe(140);
    expect([plan.isDue(2999), plan.isDue(3000)]).toEqual([false, true]);
    for (let i = 0; i < 20; i++) plan.failed(3000);
    expect([plan.isDue(62_999), plan.isDue(63_000)]).toEqual([false, true]);
  });

  it('go on at once in the direction that pays, in wider steps', () => {
    const plan = new TrialPlan(10_000);
    plan.failed(0);
    plan.failed(0);
    const tried = [100];
    for (let i = 0; i < 3; i++) {
      tried.push(plan.next(tried.at(-1) ?? 0));
      plan.succeeded(tried.at(-1) ?? 0);
      expect(plan.isDue(0)).toBe(true);
    }
    expect(tried).toEqual([100, 140, 274, 548]);
  });

  it('stay below what was too much, half way nearer each time, until that has proved to be enough', () => {
    const plan = new TrialPlan(1000);
    plan.rebuffed(64, 0, true);
    expect(plan.next(50)).toBe(57);
    expect(plan.next(62)).toBe(63);
    expect(plan.next(63)).toBe(64);
    plan.succeeded(64);
    expect(plan.next(64)).toBeGreaterThan(80);
  });

  it('rest longer after each one that was told to slow down', () => {
    const plan = new TrialPlan(1000);
    const rests: number[] = [];
    for (let i = 0; i < 7; i++) {
      plan.rebuffed(64, 0, true);
      for (let at = 0; !plan.isDue(at); at += 1000) rests[i] = at + 1000;
    }
    expect(rests).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
    plan.rebuffed(64, 0, false);
    expect(plan.isDue(1000)).toBe(true);
  });

  it('are always another number between 1 and the most', () => {
    const step = fc.constantFrom('ok', 'fail', 'starve', 'rebuff');
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 600 }), fc.array(step, { maxLength: 60 }), (most, steps) => {
        const plan = new TrialPlan(most);
        let limit = Math.min(8, most);
        for (const [at, what] of steps.entries()) {
          const to = plan.next(limit);
          expect(to).not.toBe(limit);
          expect(to).toBeGreaterThanOrEqual(1);
          expect(to).toBeLessThanOrEqual(most);
          if (what === 'ok') {
            plan.succeeded(to);
            limit = to;
          } else if (what === 'fail') plan.failed(at * 1000);
          else if (what === 'starve') plan.starved(at * 1000);
          else {
            plan.rebuffed(to, at * 1000, true);
            limit = Math.max(1, Math.floor(to / 2));
          }
        }
      }),
    );
  });
});
