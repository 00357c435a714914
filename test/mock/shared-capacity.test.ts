import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedCapacity } from '../../src/mock/shared-capacity.ts';
import { SyncClock } from '../helpers/sync-clock.ts';

interface Work {
  readonly at: number;
  readonly ms: number;
}

/** When each piece of work is done. */
function play(knee: number, works: readonly Work[]): number[] {
  const clock = new SyncClock();
  const server = new SharedCapacity(knee, clock);
  const ends = works.map(() => Number.NaN);
  works.forEach(({ at, ms }, i) => {
    clock.timer(at, () => {
      server.run(ms, () => {
        ends[i] = clock.now();
      });
    });
  });
  clock.runUntil(1e9);
  return ends.map((end) => Math.round(end * 1000) / 1000);
}

describe('a shared capacity', () => {
  it('gives each its full speed up to the knee', () => {
    expect(
      play(2, [
        { at: 0, ms: 100 },
        { at: 50, ms: 100 },
        { at: 100, ms: 30 },
      ]),
    ).toEqual([100, 150, 130]);
  });

  it('is shared equally beyond it', () => {
    expect(
      play(1, [
        { at: 0, ms: 100 },
        { at: 0, ms: 100 },
      ]),
    ).toEqual([200, 200]);
    // Alone for 50 ms, then half as fast until the other is done.
    expect(
      play(1, [
        { at: 0, ms: 100 },
        { at: 50, ms: 20 },
      ]),
    ).toEqual([120, 90]);
  });

  it('goes to the others when one is taken off', () => {
    const clock = new SyncClock();
    const server = new SharedCapacity(1, clock);
    let doneAt = 0;
    const cancel = server.run(100, () => expect.unreachable());
    server.run(100, () => {
      doneAt = clock.now();
    });
    clock.timer(50, cancel);
    clock.runUntil(1000);
    expect(doneAt).toBeCloseTo(125);
  });

  it('does as much in all, however many share it', () => {
    const works = fc.array(fc.record({ at: fc.nat(500), ms: fc.integer({ min: 1, max: 300 }) }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), works, (knee, given) => {
        const ends = play(knee, given);
        given.forEach(({ at, ms }, i) => {
          expect(ends[i]).toBeGreaterThanOrEqual(at + ms - 0.01);
        });
        const total = given.reduce((sum, { ms }) => sum + ms, 0);
        expect(Math.max(...ends)).toBeLessThanOrEqual(500 + total + 0.01);
        expect(Math.max(...ends)).toBeGreaterThanOrEqual(total / knee - 0.01);
      }),
    );
  });
});
