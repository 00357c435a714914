import type { Clock } from '../core/clock.ts';

/** A timer as late as this tells that the process could not run meanwhile, in ms. */
const STALL_MS = 50;
/** Most that is added for what came meanwhile to be read, in ms. */
const MOST_EXTRA_MS = 1000;

/**
 * A timer that allows for a process that was held up: by a busy machine, or a closed lid. Answers have come into the
 * sockets meanwhile, but the event loop runs timers before it reads; cutting them off then would pay for them twice.
 * So a timer that comes late waits again, as long as it was late. Returns a function that cancels it.
 */
export function wakingTimer(clock: Clock, ms: number, run: () => void): () => void {
  const due = clock.now() + ms;
  let cancel = clock.timer(ms, () => {
    const lateMs = clock.now() - due;
    if (lateMs < STALL_MS) run();
    else cancel = clock.timer(Math.min(lateMs, MOST_EXTRA_MS), run);
  });
  return () => cancel();
}
