import type { Clock } from '../../core/clock.ts';
import type { Emit } from '../../core/events.ts';
import type { LimitHint } from '../../core/request.ts';
import type { LimitUnit } from './cost.ts';
import type { Limiter } from './limiter.ts';

const MINUTE_MS = 60_000;
/** A reset further off than this is none of a minute's window, however it was rounded or the clocks differ. */
const CLEARLY_NO_MINUTE_MS = 1.1 * MINUTE_MS;
/** Longest window whose limit is taken up. When a longer one is used up, the endpoint says so by a 429. */
export const LONGEST_LEARNT_MS = 10 * MINUTE_MS;

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

  /** `sentAt`: when the request went out whose reply said so, in ms of the clock. */
  heard(hints: readonly LimitHint[], sentAt: number): void {
    for (const hint of hints) if (!this.#given.has(hint.unit)) this.#take(hint, sentAt);
  }

  #take(hint: LimitHint, sentAt: number): void {
    if (hint.limit === undefined || !(hint.limit >= 1)) return;
    const windowMs = windowOf(hint);
    if (windowMs === undefined || !(windowMs > 0 && windowMs <= LONGEST_LEARNT_MS)) return;
    const quota = this.#limiter.learn({ unit: hint.unit, limit: hint.limit, windowMs });
    const { remaining, resetMs } = hint;
    if (remaining !== undefined && resetMs !== undefined) {
      quota.heard({ remaining, resetMs }, sentAt, this.#clock.now());
    }
    const key = `${hint.unit}/${windowMs}`;
    if (this.#told.get(key) === hint.limit) return;
    this.#told.set(key, hint.limit);
    const perMinute = (hint.limit * MINUTE_MS) / windowMs;
    this.#emit('limit', { unit: hint.unit, perMinute, source: 'endpoint' });
  }
}

/**
 * The length of the window in ms, which OpenAI's headers leave out; undefined where it is not a minute's: Groq
 * writes a limit by the day in the same header in which OpenAI writes one by the minute. How long a longer one
 * is cannot be told, for windows may be fixed or refill all the time.
 */
function windowOf({ windowMs, resetMs = 0 }: LimitHint): number | undefined {
  return windowMs ?? (resetMs <= CLEARLY_NO_MINUTE_MS ? MINUTE_MS : undefined);
}
