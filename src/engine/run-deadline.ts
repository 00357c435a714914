import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { RunControl } from './run-control.ts';

/** Stops the run gently once `ms` have passed; returns a function that takes that back. */
export function startRunDeadline(control: RunControl, clock: Clock, ms: number | undefined): () => void {
  if (ms === undefined) return () => {};
  return clock.timer(ms, () =>
    control.stop(
      new AppError('run_deadline', `the run was not done within ${ms / 1000} s (--deadline)`, {
        hint: 'what has no result yet is for the next run',
      }),
    ),
  );
}
