import { expect, test } from 'vitest';
import { Reservoir } from '../../src/estimate/reservoir.ts';
import { seededDraw } from '../../src/mock/seeded-random.ts';

function sample(size: number, from: number, seed: number): number[] {
  let drawn = 0;
  const reservoir = new Reservoir<number>(size, () => seededDraw(seed, drawn++, 0)('fault'));
  for (let i = 0; i < from; i++) reservoir.offer(() => i);
  return reservoir.items;
}

test('fewer items than fit are all there, in order', () => {
  expect(sample(10, 4, 1)).toEqual([0, 1, 2, 3]);
});

test('of more, each has the same chance', () => {
  const times = Array<number>(40).fill(0);
  for (let seed = 0; seed < 2000; seed++) {
    const items = sample(10, 40, seed);
    expect(new Set(items).size).toBe(10);
    for (const item of items) times[item] = (times[item] ?? 0) + 1;
  }
  // 500 expected, with a standard deviation of 19.
  for (const count of times) expect(Math.abs(count - 500)).toBeLessThan(100);
});

test('an item that is not taken is not even made', () => {
  let made = 0;
  const reservoir = new Reservoir<number>(5, () => 0.999);
  for (let i = 0; i < 1000; i++) {
    reservoir.offer(() => {
      made += 1;
      return i;
    });
  }
  expect(made).toBe(5);
});
