import { describe, expect, it } from 'vitest';
import { wakingTimer } from '../../src/engine/waking-timer.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

/** When a timer of 1 s runs, if the process is so late at each timer. */
async function runsAt(lateMs: number): Promise<number | undefined> {
  let late = lateMs;
  const clock = new VirtualClock(undefined, {
    lateness: () => {
      const now = late;
      late = 0;
      return now;
    },
  });
  let at: number | undefined;
  wakingTimer(clock, 1000, () => {
    at = clock.now();
  });
  await clock.advance(1_000_000);
  return at;
}

describe('a timer of one second', () => {
  it('runs when it is due, be it some ms late', async () => {
    expect(await runsAt(0)).toBe(1000);
    expect(await runsAt(20)).toBe(1020);
  });

  it('waits as long again as the process was held up, so that what came meanwhile is read first', async () => {
    expect(await runsAt(300)).toBe(1600);
  });

  it('waits no more than a second after the machine has slept', async () => {
    expect(await runsAt(600_000)).toBe(602_000);
  });

  it('can be cancelled before and while it waits again', async () => {
    const clock = new VirtualClock(undefined, { lateness: () => 300 });
    let ran = false;
    const cancel = wakingTimer(clock, 1000, () => {
      ran = true;
    });
    await clock.advance(1400);
    cancel();
    await clock.advance(10_000);
    expect({ ran, pending: clock.pending }).toEqual({ ran: false, pending: 0 });
  });
});
