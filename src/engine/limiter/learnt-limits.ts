import type { Clock } from '../../core/clock.ts';
import type { Emit } from '../../core/events.ts';
import type { LimitHint } from '../../core/request.ts';
import type { LimitUnit } from './cost.ts';
import type { Limiter } from './limiter.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A window longer than this cannot be a minute's, however the reset was rounded. */
const CLEARLY_NO_MINUTE_MS = 10 * MINUTE_MS;

/**
 * Takes up the limits that an endpoint announces in its replies, for units that the user has not
 * limited: what the user says counts, the endpoint's own figures fill the gaps.
 */
export class LearntLimits {
  readonly #limiter: Limiter;
  readonly #clock: Clock;
  readonly #emit: Emit;
  readonly #given: ReadonlySet<LimitUnit>;
  readonly #told = new Map<string, number>();

  constructor(parts: {
    readonly limiter: Limiter;
    readonly clock: Clock;
    readonly emit: Emit;
    readonly given: ReadonlySet<LimitUnit>;
  }) {
    this.#limiter = parts.limiter;
    this.#clock = parts.clock;
    this.#emit = parts.emit;
    this.#given = parts.given;
  }

  heard(hints: readonly LimitHint[]): void {
    for (const hint of hints) if (!this.#given.has(hint.unit)) this.#take(hint);
  }

  #take(hint: LimitHint): void {
    if (hint.limit === undefined || !(hint.limit >= 1)) return;
    const windowMs = hint.windowMs ?? inferWindowMs(hint);
    const quota = this.#limiter.learn({ unit: hint.unit, limit: hint.limit, windowMs });
    if (hint.remaining !== undefined && hint.remaining <= 0 && hint.resetMs !== undefined) {
      quota.block(this.#clock.now() + hint.resetMs);
    }
    const key = `${hint.unit}/${windowMs}`;
    if (this.#told.get(key) === hint.limit) return;
    this.#told.set(key, hint.limit);
    const perMinute = (hint.limit * MINUTE_MS) / windowMs;
    this.#emit('limit', { unit: hint.unit, perMinute, source: 'endpoint' });
  }
}

/**
 * The length of the window, which OpenAI's headers leave out: what is used, against the time until it is
 * full again. Groq writes a limit by the day in the same header in which OpenAI writes one by the minute.
 */
function inferWindowMs({ limit, remaining, resetMs }: LimitHint): number {
  if (limit === undefined || remaining === undefined || resetMs === undefined) return MINUTE_MS;
  const used = limit - remaining;
  if (used <= 0) return MINUTE_MS;
  return (resetMs * limit) / used > CLEARLY_NO_MINUTE_MS ? DAY_MS : MINUTE_MS;
}
