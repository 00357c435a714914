import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sleep, systemClock } from '../../src/core/clock.ts';

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a timer of the system clock', () => {
  it.each([1, 1500, LONGEST_TIMEOUT_MS, LONGEST_TIMEOUT_MS + 1, LONGEST_TIMEOUT_MS * 3 + 7])(
    'fires after %d ms, once, and not before',
    async (ms) => {
      const run = vi.fn();
      systemClock.timer(ms, run);
      await vi.advanceTimersByTimeAsync(ms - 1);
      expect(run).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(run).toHaveBeenCalledTimes(1);
      await vi.advanceTimersByTimeAsync(LONGEST_TIMEOUT_MS);
      expect(run).toHaveBeenCalledTimes(1);
    },
  );

  it('fires at once for a time that is past', async () => {
    const run = vi.fn();
    systemClock.timer(-5000, run);
    await vi.advanceTimersByTimeAsync(0);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('can be cancelled, in its first stretch and in a later one', async () => {
    const run = vi.fn();
    systemClock.timer(1000, run)();
    const cancel = systemClock.timer(LONGEST_TIMEOUT_MS * 2, run);
    await vi.advanceTimersByTimeAsync(LONGEST_TIMEOUT_MS + 10);
    cancel();
    await vi.advanceTimersByTimeAsync(LONGEST_TIMEOUT_MS * 2);
    expect(run).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the time of the system clock', () => {
  it('is monotonic for measuring and of the epoch for the calendar', async () => {
    const before = systemClock.now();
    const epoch = systemClock.epochMs();
    await vi.advanceTimersByTimeAsync(250);
    expect(systemClock.now() - before).toBe(250);
    expect(systemClock.epochMs() - epoch).toBe(250);
  });
});

describe('sleeping', () => {
  it('ends after its time and leaves no listener behind', async () => {
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    const asleep = sleep(systemClock, 1000, signal);
    await vi.advanceTimersByTimeAsync(1000);
    await asleep;
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it('ends with the reason as soon as the signal aborts, and takes its timer down', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const asleep = sleep(systemClock, 1000, controller.signal);
    controller.abort(reason);
    await expect(asleep).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not begin where the signal was aborted before', async () => {
    const reason = new Error('stop');
    await expect(sleep(systemClock, 1000, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });
});
