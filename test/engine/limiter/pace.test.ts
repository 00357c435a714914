import { describe, expect, it } from 'vitest';
import { Pace } from '../../../src/engine/limiter/pace.ts';

describe('a pace', () => {
  it('lets the first one through at once and the next when the first is worked off', () => {
    const pace = new Pace(0);
    expect(pace.waitMs(0)).toBe(0);
    pace.take(250, 0);
    expect(pace.waitMs(0)).toBe(250);
    expect(pace.waitMs(100)).toBe(150);
    expect(pace.waitMs(250)).toBe(0);
  });

  it('makes up for a timer that fired late', () => {
    const pace = new Pace(0);
    pace.take(100, 0);
    pace.take(100, 115);
    expect(pace.waitMs(115)).toBe(85);
  });

  it('saves up no more than a tenth of a second', () => {
    const pace = new Pace(0);
    for (let taken = 0; taken < 10; taken++) pace.take(10, 60_000);
    expect(pace.waitMs(60_000)).toBe(0);
    pace.take(10, 60_000);
    expect(pace.waitMs(60_000)).toBe(10);
  });

  it('makes up for what something else held back, and not for idling after that', () => {
    const pace = new Pace(0);
    pace.take(1000, 5000, true);
    for (let taken = 0; taken < 4; taken++) pace.take(1000, 5000);
    expect(pace.waitMs(5000)).toBe(0);
    pace.take(1000, 60_000);
    expect(pace.waitMs(60_000)).toBe(900);
  });

  it('moves what is due by a correction', () => {
    const pace = new Pace(0);
    pace.take(1000, 0);
    pace.shift(-400);
    expect(pace.waitMs(0)).toBe(600);
    pace.shift(100);
    expect(pace.waitMs(0)).toBe(700);
  });

  it('does not make up for a pause', () => {
    const pace = new Pace(0);
    pace.resume(5000);
    expect(pace.waitMs(0)).toBe(5000);
    pace.take(100, 5000);
    expect(pace.waitMs(5000)).toBe(100);
  });
});
