/** Time and timers, injected so that schedulers run under virtual time in tests. */
export interface Clock {
  /** Monotonic ms. */
  now(): number;
  /** Wall-clock ms since the epoch. */
  epochMs(): number;
  /** Calls `run` once after `ms` (any length); returns a function that cancels it. */
  timer(ms: number, run: () => void): () => void;
}

/** setTimeout takes a signed 32-bit delay; a longer one fires after 1 ms (Node.js documentation, timers). */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  timer(ms, run) {
    let left = Math.max(0, ms);
    let handle: ReturnType<typeof setTimeout>;
    const arm = (): void => {
      const step = Math.min(left, LONGEST_TIMEOUT_MS);
      left -= step;
      handle = setTimeout(() => (left > 0 ? arm() : run()), step);
    };
    arm();
    return () => clearTimeout(handle);
  },
};

/** Waits `ms`; rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.timer(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** A number in [0, 1). */
export type Random = () => number;
