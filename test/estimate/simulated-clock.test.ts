import { describe, expect, it } from 'vitest';
import { sleep } from '../../src/core/clock.ts';
import { SimulatedClock } from '../../src/estimate/simulated-clock.ts';

const never = new AbortController().signal;

describe('the simulated clock', () => {
  it('jumps to the next timer, however far, and runs all in order', async () => {
    const clock = new SimulatedClock(1000);
    const seen: [string, number][] = [];
    const note = async (name: string, ms: number): Promise<void> => {
      await sleep(clock, ms, never);
      seen.push([name, clock.now()]);
    };
    await clock.until(
      Promise.all([note('year', 365 * 86_400_000), note('b', 5), note('a', 5), note('now', 0)]),
    );
    expect(seen).toEqual([
      ['now', 0],
      ['b', 5],
      ['a', 5],
      ['year', 365 * 86_400_000],
    ]);
    expect(clock.epochMs()).toBe(1000 + clock.now());
  });

  it('lets every promise settle before time moves on', async () => {
    const clock = new SimulatedClock(0);
    let depth = 0;
    const deep = async (): Promise<number> => {
      await sleep(clock, 10, never);
      for (; depth < 1000; depth++) await undefined;
      return clock.now();
    };
    clock.timer(11, () => expect(depth).toBe(1000));
    expect(await clock.until(deep())).toBe(10);
  });

  it('runs no timer that was cancelled, and takes a late cancelling lightly', async () => {
    const clock = new SimulatedClock(0);
    let fired = 0;
    const cancel = clock.timer(5, () => {
      fired += 1;
    });
    clock.timer(6, () => expect.unreachable('it was cancelled'))();
    await clock.until(sleep(clock, 10, never));
    cancel();
    cancel();
    expect(fired).toBe(1);
    await clock.until(sleep(clock, 10, never));
    expect(clock.now()).toBe(20);
  });

  it('rejects as what it waits for does, and where nothing is left that could end it', async () => {
    const clock = new SimulatedClock(0);
    await expect(clock.until(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(clock.until(new Promise(() => {}))).rejects.toThrow('nothing is left to wait for');
  });

  it('gives the event loop a turn between timers', async () => {
    const clock = new SimulatedClock(0);
    let turns = 0;
    const count = setInterval(() => {
      turns += 1;
    }, 0);
    const chain = async (): Promise<void> => {
      while (turns < 3) await sleep(clock, 1, never);
    };
    await clock.until(chain());
    clearInterval(count);
    expect(turns).toBeGreaterThanOrEqual(3);
  });
});
