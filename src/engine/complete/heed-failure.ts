import type { Clock } from '../../core/clock.ts';
import { AppError, type ProviderError } from '../../core/errors.ts';
import { failureRule } from '../../core/failures.ts';
import type { CircuitBreaker } from '../circuit-breaker.ts';
import { pausesRun } from '../fault-kinds.ts';
import type { LearntLimits } from '../limiter/learnt-limits.ts';
import type { Pauses } from '../limiter/pauses.ts';
import { localTime } from '../local-time.ts';
import type { StopSwitch } from '../run-control.ts';

export interface HeedParts {
  readonly control: StopSwitch;
  readonly pauses: Pauses;
  readonly limits: LearntLimits;
  readonly breaker: CircuitBreaker;
  readonly clock: Clock;
  /** Longest wait that the endpoint may ask for, in ms. */
  readonly maxRetryWaitMs: number;
}

/**
 * What a failed attempt means for the others. Stops the run, and throws its reason, where the failure says that
 * no request would fare better: the record is not done, rather than failed.
 */
export function heedFailure(parts: HeedParts, error: ProviderError, sentAt: number): void {
  const { pauses, limits, breaker, clock, maxRetryWaitMs } = parts;
  if (failureRule(error.code).scope === 'run') stopFor(parts, error);
  const down = breaker.failed(error);
  if (down !== undefined) stopFor(parts, down);
  if (error.limits !== undefined) limits.heard(error.limits, sentAt);
  if (!pausesRun(error)) return;
  pauses.report(error, sentAt);
  const { retryAfterMs = 0 } = error;
  if (retryAfterMs > maxRetryWaitMs) stopFor(parts, waitTooLong(error, retryAfterMs, maxRetryWaitMs, clock));
}

function stopFor({ control }: HeedParts, reason: AppError): void {
  control.stop(reason);
  control.throwIfStopped();
}

function waitTooLong(cause: ProviderError, waitMs: number, mostMs: number, clock: Clock): AppError {
  const seconds = (ms: number): number => Math.ceil(ms / 1000);
  const readyAt = localTime(clock.epochMs() + waitMs);
  return new AppError(
    'retry_wait_too_long',
    `the endpoint asks to wait ${seconds(waitMs)} s, more than --max-retry-wait (${seconds(mostMs)} s)`,
    { hint: `run the same command again ${readyAt === undefined ? 'later' : `after ${readyAt}`}`, cause },
  );
}
