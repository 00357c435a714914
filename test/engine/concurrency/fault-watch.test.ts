import { describe, expect, it } from 'vitest';
import { FaultWatch } from '../../../src/engine/concurrency/fault-watch.ts';
import { seededRandom } from '../helpers/seeded-random.ts';

const WINDOW = 100;

/** Windows (from 0) that were alarming, where `share` of the attempts fail. */
function alarms(watch: FaultWatch, windows: number, share: number): number[] {
  const random = seededRandom(Math.round(share * 1000) + 1);
  const alarming: number[] = [];
  for (let i = 0; i < windows * WINDOW; i++) {
    if (watch.count(random() >= share, WINDOW)) alarming.push(Math.floor(i / WINDOW));
  }
  return alarming;
}

describe('faults', () => {
  it.each([0, 0.01, 0.08, 0.4])('at a steady share of %f are no alarm', (share) => {
    expect(alarms(new FaultWatch(), 500, share)).toEqual([]);
  });

  it('that become many are one', () => {
    const watch = new FaultWatch();
    expect(alarms(watch, 20, 0.02)).toEqual([]);
    expect(alarms(watch, 1, 0.5)).toEqual([0]);
    // It stays one: what is alarming is not taken for usual.
    expect(alarms(watch, 3, 0.5)).toEqual([0, 1, 2]);
  });

  it('are usual once that was accepted', () => {
    const watch = new FaultWatch();
    alarms(watch, 20, 0.02);
    watch.accept(0.5);
    expect(alarms(watch, 100, 0.5)).toEqual([]);
  });

  it('are not judged by a handful of attempts', () => {
    const watch = new FaultWatch();
    expect(Array.from({ length: 19 }, () => watch.count(false, 1))).not.toContain(true);
  });
});
