import { expect } from 'vitest';

/** Something that was let through: when (ms) and how much. */
export interface Arrived {
  readonly at: number;
  readonly amount: number;
}

/** The largest sum within any window `(t - windowMs, t]`, wherever it begins. `arrived` is in order of time. */
function mostInAnyWindow(arrived: readonly Arrived[], windowMs: number): number {
  let most = 0;
  let sum = 0;
  let oldest = 0;
  for (const { at, amount } of arrived) {
    sum += amount;
    for (let left = arrived[oldest]; left !== undefined && left.at <= at - windowMs; left = arrived[oldest]) {
      sum -= left.amount;
      oldest += 1;
    }
    most = Math.max(most, sum);
  }
  return most;
}

export function expectWithin(arrived: readonly Arrived[], limit: number, windowMs = 60_000): void {
  expect(mostInAnyWindow(arrived, windowMs)).toBeLessThanOrEqual(limit);
}

export function sumBetween(arrived: readonly Arrived[], from: number, to: number): number {
  return arrived.reduce((sum, { at, amount }) => (at >= from && at < to ? sum + amount : sum), 0);
}
