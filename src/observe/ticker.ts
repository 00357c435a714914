import type { Clock } from '../core/clock.ts';

/** Calls `run` every `everyMs`, first after `everyMs`; returns a function that ends it. */
export function startTicker(clock: Clock, everyMs: number, run: () => void): () => void {
  let cancel: () => void;
  const arm = (): void => {
    cancel = clock.timer(everyMs, () => {
      arm();
      run();
    });
  };
  arm();
  return () => cancel();
}
