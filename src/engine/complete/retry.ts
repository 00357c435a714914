import type { Clock } from '../../core/clock.ts';
import { ProviderError } from '../../core/errors.ts';
import type { Emit } from '../../core/events.ts';
import type { Completion } from '../../core/request.ts';
import { pausesRun } from '../fault-kinds.ts';
import { rest } from '../rest.ts';
import type { RetryPolicy } from '../retry-policy.ts';
import type { RunControl } from '../run-control.ts';
import { type Complete, PRIORITY } from './complete.ts';

export interface RetryParts {
  readonly policy: RetryPolicy;
  readonly control: RunControl;
  readonly clock: Clock;
  readonly emit: Emit;
}

/**
 * The one retry loop of the program. A retry sleeps here, outside the queue: it holds no slot and no rate
 * capacity. Where the whole run pauses it need not sleep at all: `dispatch` lets nothing out meanwhile.
 */
export function retry(next: Complete, parts: RetryParts): Complete {
  const { policy, control, clock, emit } = parts;
  return async (request, call): Promise<Completion> => {
    let history: ReturnType<RetryPolicy['begin']> | undefined;
    let current = call;
    for (;;) {
      try {
        return await next(request, current);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        history ??= policy.begin();
        const decision = history.decide(error);
        if (decision.action === 'give-up') throw error;
        control.throwIfStopped();
        const delayMs = pausesRun(error) ? 0 : decision.delayMs;
        emit('retry', { id: call.id, attempt: call.effort.attempts, delayMs, error });
        if (delayMs > 0) await rest({ clock, control, deadline: call.deadline }, delayMs);
        current = { ...call, priority: PRIORITY.retry };
      }
    }
  };
}
