import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { localTime } from '../local-time.ts';
import type { QuotaWait } from './quotas.ts';

/** A limit of the user's own has no room for longer than `mostMs`: says which, and when to come back. */
export function limitSpent({ quota, ms }: QuotaWait, mostMs: number, clock: Clock): AppError {
  const seconds = (duration: number): number => Math.ceil(duration / 1000);
  const readyAt = localTime(clock.epochMs() + ms);
  return new AppError(
    'limit_spent',
    `${quota.name} ${quota.limit} is used up: the next request would wait ${seconds(ms)} s, more than --max-retry-wait (${seconds(mostMs)} s)`,
    {
      hint: `run the same command again ${readyAt === undefined ? 'later' : `after ${readyAt}`}, or raise --max-retry-wait to have it wait`,
    },
  );
}
