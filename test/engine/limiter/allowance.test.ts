import { describe, expect, it } from 'vitest';
import { Allowance, type WindowState } from '../../../src/engine/limiter/allowance.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const state = (fields: Partial<WindowState>): WindowState => ({
  ...{ limit: 600, windowMs: MINUTE, remaining: 100, resetMs: 40 * SECOND, sentAt: 0 },
  ...fields,
});

/** An allowance that has heard these, each at the time at which its request was sent. */
function having(...states: readonly Partial<WindowState>[]): Allowance {
  const allowance = new Allowance();
  for (const each of states) allowance.heard(state(each), each.sentAt ?? 0);
  return allowance;
}

describe('what is left of a limit', () => {
  it('is anything while the endpoint says nothing', () => {
    expect(new Allowance().waitMs(1e9, 0)).toBe(0);
  });

  it('of a fixed window may be used up, and then there is none until the reset', () => {
    const allowance = having({ remaining: 3 });
    for (let taken = 0; taken < 3; taken++) {
      expect(allowance.waitMs(1, 0)).toBe(0);
      allowance.take(1);
    }
    expect(allowance.waitMs(1, 10 * SECOND)).toBe(30 * SECOND);
    expect(allowance.waitMs(1, 40 * SECOND)).toBe(0);
  });

  it('grows in a bucket that holds the whole limit: its reset is the time in which what was used comes back', () => {
    const allowance = having({ remaining: 0, resetMs: MINUTE });
    expect(allowance.waitMs(1, 0)).toBeCloseTo(100, 6);
    expect(allowance.waitMs(50, 0)).toBeCloseTo(5 * SECOND, 6);
    allowance.take(1);
    expect(allowance.waitMs(1, 200)).toBe(0);
  });

  it('grows in a bucket that holds less, which shows when a reset is nearer than a new window could end', () => {
    const first = { remaining: 0, resetMs: 1100, sentAt: 0 };
    expect(having(first).waitMs(1, 0)).toBe(1100);
    const allowance = having(first, { ...first, sentAt: 2000 });
    expect(allowance.waitMs(1, 2000)).toBeCloseTo(100, 6);
    // More than it ever holds is let in when it is full.
    expect(allowance.waitMs(500, 2000)).toBe(1100);
  });

  it('is not taken for a bucket’s where a new window has begun', () => {
    const allowance = having(
      { remaining: 3, resetMs: SECOND, sentAt: 0 },
      { remaining: 0, resetMs: 58 * SECOND, sentAt: 3 * SECOND },
    );
    expect(allowance.waitMs(1, 3 * SECOND)).toBe(58 * SECOND);
  });

  it('is the least that was said: replies come late and out of order', () => {
    const allowance = having({ remaining: 20 }, { remaining: 30 });
    expect(allowance.waitMs(21, 0)).toBeGreaterThan(0);
    expect(allowance.waitMs(20, 0)).toBe(0);
  });

  it('ends with its window at the earliest end that was said', () => {
    const allowance = new Allowance();
    allowance.heard(state({ remaining: 0, resetMs: 40 * SECOND }), 8 * SECOND);
    allowance.heard(state({ remaining: 0, resetMs: 40 * SECOND }), 2 * SECOND);
    expect(allowance.waitMs(1, 10 * SECOND)).toBe(38 * SECOND);
  });

  it('of a window that is over says nothing of the next one', () => {
    const allowance = having({ remaining: 0, resetMs: 10 * SECOND });
    allowance.heard(state({ remaining: 0, resetMs: 4 * SECOND, sentAt: 6 * SECOND }), 11 * SECOND);
    expect(allowance.waitMs(1, 11 * SECOND)).toBe(0);
  });

  it('takes up what was really used, if it was taken since', () => {
    const allowance = having({ remaining: 100, sentAt: 1000 });
    allowance.take(80);
    allowance.correct(-60, 1000);
    expect(allowance.waitMs(80, 1000)).toBe(0);
    allowance.correct(60, 500);
    expect(allowance.waitMs(80, 1000)).toBe(0);
    expect(allowance.waitMs(81, 1000)).toBeGreaterThan(0);
  });

  it('never holds back for longer than the reset, whatever is said', () => {
    for (const remaining of [-5, 0, 1, 599, 600, 1e12]) {
      for (const resetMs of [0, 1, 500, MINUTE, 5 * MINUTE]) {
        expect(having({ remaining, resetMs }).waitMs(1, 0)).toBeLessThanOrEqual(resetMs);
      }
    }
  });
});
