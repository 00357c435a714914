import { type Clock, sleep } from '../core/clock.ts';
import type { RecordDeadline } from './record-deadline.ts';
import type { RunControl } from './run-control.ts';

export interface RestParts {
  readonly clock: Clock;
  readonly control: RunControl;
  readonly deadline: RecordDeadline | undefined;
}

/** Waits `ms`; rejects as soon as the run stops or the record's deadline passes. */
export function rest({ clock, control, deadline }: RestParts, ms: number): Promise<void> {
  const { stopSignal } = control;
  if (deadline === undefined) return sleep(clock, ms, stopSignal);
  return new Promise((resolve, reject) => {
    const end = (): void => {
      cancelTimer();
      offPass();
      stopSignal.removeEventListener('abort', onStop);
    };
    const onStop = (): void => {
      end();
      reject(stopSignal.reason);
    };
    const cancelTimer = clock.timer(ms, () => {
      end();
      resolve();
    });
    const offPass = deadline.onPass((reason) => {
      end();
      reject(reason);
    });
    stopSignal.addEventListener('abort', onStop, { once: true });
  });
}
