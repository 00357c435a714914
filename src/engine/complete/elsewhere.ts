import type { RunControl } from '../run-control.ts';
import { type Complete, PRIORITY } from './complete.ts';

export interface ElsewhereParts {
  readonly control: RunControl;
  /** Whether a failure says that an endpoint is gone, rather than anything of the request. */
  readonly isLoss: (error: unknown) => boolean;
  /** Whether none of the endpoints goes on. */
  readonly isOver: () => boolean;
}

/** A request that was at an endpoint when that went out goes to another at once: that costs none of its attempts. */
export function elsewhere(next: Complete, { control, isLoss, isOver }: ElsewhereParts): Complete {
  return async (request, call) => {
    let current = call;
    for (;;) {
      try {
        return await next(request, current);
      } catch (error) {
        if (!isLoss(error)) throw error;
        // The reason of the run counts: the record is not done, rather than failed.
        control.throwIfStopped();
        if (isOver()) throw error;
        current = { ...call, priority: PRIORITY.retry };
      }
    }
  };
}
