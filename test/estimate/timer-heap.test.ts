import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Timer, TimerHeap } from '../../src/estimate/timer-heap.ts';

const nothing = (): void => {};

function drain(heap: TimerHeap): Timer[] {
  const popped: Timer[] = [];
  for (let timer = heap.pop(); timer !== undefined; timer = heap.pop()) popped.push(timer);
  return popped;
}

test('timers come out soonest first, of equals the first set, and cancelled ones never', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 200 }), (set) => {
      const heap = new TimerHeap();
      const timers = set.map(([at], order): Timer => ({ at, order, run: nothing, cancelled: false }));
      for (const timer of timers) heap.push(timer);
      for (const [i, [, isCancelled]] of set.entries()) {
        const timer = timers[i];
        if (isCancelled && timer !== undefined) heap.cancel(timer);
      }
      const kept = timers.filter((timer) => !timer.cancelled);
      expect(drain(heap)).toEqual(kept.sort((a, b) => a.at - b.at || a.order - b.order));
    }),
  );
});

test('many cancelled timers are swept out without losing one that counts', () => {
  const heap = new TimerHeap();
  const timers = Array.from(
    { length: 10_000 },
    (_, order): Timer => ({ at: (order * 7919) % 10_007, order, run: nothing, cancelled: false }),
  );
  for (const timer of timers) heap.push(timer);
  for (const timer of timers) if (timer.order % 10 !== 0) heap.cancel(timer);
  const popped = drain(heap);
  expect(popped).toHaveLength(1000);
  expect(popped.map(({ at }) => at)).toEqual(popped.map(({ at }) => at).sort((a, b) => a - b));
});
