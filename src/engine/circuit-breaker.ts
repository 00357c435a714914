import type { Clock } from '../core/clock.ts';
import { AppError, type ProviderError } from '../core/errors.ts';
import { isTransient, pausesRun } from './fault-kinds.ts';

/** An outage shorter than this, in ms, is ridden out: servers are started anew, networks blink. */
const LEAST_OUTAGE_MS = 30_000;
/** Failed connections to an endpoint that never answered at all: enough to tell that nobody is there. */
const NOBODY_THERE = 6;
/** What a gateway answers when nothing behind it does (RFC 9110, sections 15.6.3 and 15.6.4). */
const NOTHING_BEHIND: ReadonlySet<number | undefined> = new Set([502, 503]);

/** So many failures in a row, and the endpoint is left alone where others serve meanwhile: but for a try now and then. */
const SICK = 5;
/** The first time it is left alone for so long, in ms; then twice as long each time, up to the longest. */
const FIRST_REST_MS = 1000;
const LONGEST_REST_MS = 30_000;

export interface CircuitBreakerOptions {
  readonly clock: Clock;
  /** Attempts in a row that may fail by the endpoint's fault; undefined is any number. */
  readonly limit: number | undefined;
  /** Others serve meanwhile, so that few attempts have to tell that nobody is there. Default: no. */
  readonly isOneOfSeveral?: boolean | undefined;
}

/**
 * Tells when the endpoint is down: so many attempts in a row, over half a minute or more, met no connection, a
 * timeout, a 5xx or an answer that was none. A request to slow down is neither a failure nor a success.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  #everAnswered = false;
  #failures = 0;
  #since = 0;
  #down: AppError | undefined;
  #rests = 0;
  #restUntil = 0;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
  }

  answered(): void {
    this.#everAnswered = true;
    this.#failures = 0;
    this.#rests = 0;
    this.#down = undefined;
  }

  get everAnswered(): boolean {
    return this.#everAnswered;
  }

  /** Whether the last few attempts all failed by the endpoint's fault. */
  get isSick(): boolean {
    return this.#failures >= SICK;
  }

  /** Ms for which an endpoint that is sick is best left alone. */
  restMs(): number {
    return this.isSick ? Math.max(0, this.#restUntil - this.#options.clock.now()) : 0;
  }

  /** Takes note of a failed attempt; returns the reason to stop once the endpoint counts as down. */
  failed(error: ProviderError): AppError | undefined {
    if (!isTransient(error)) {
      if (error.status !== undefined && !pausesRun(error)) this.answered();
      return undefined;
    }
    const now = this.#options.clock.now();
    if (this.#failures === 0) this.#since = now;
    this.#failures += 1;
    if (this.isSick && now >= this.#restUntil) {
      this.#restUntil = now + Math.min(FIRST_REST_MS * 2 ** this.#rests, LONGEST_REST_MS);
      this.#rests += 1;
    }
    const outageMs = now - this.#since;
    if (this.#isStreak(error) && outageMs >= LEAST_OUTAGE_MS)
      this.#down ??= this.#endpointDown(error, outageMs);
    return this.#down;
  }

  /**
   * Whether a failure is part of an outage, so that no record should fail for it. Only where nobody is reached: a
   * 500 or a timeout may well be a record's own doing, and a row of such records would never come to an end.
   */
  isOutage(error: ProviderError): boolean {
    return meetsNobody(error) && this.#isStreak(error);
  }

  #isStreak(error: ProviderError): boolean {
    const { limit, isOneOfSeveral = false } = this.#options;
    if (limit === undefined) return false;
    const nobody = isOneOfSeveral ? meetsNobody(error) : !this.#everAnswered && error.code === 'connection';
    return this.#failures >= (nobody ? Math.min(limit, NOBODY_THERE) : limit);
  }

  #endpointDown(last: ProviderError, outageMs: number): AppError {
    const since = `for ${Math.round(outageMs / 1000)} s`;
    return new AppError(
      'endpoint_down',
      `the endpoint is down: ${this.#failures} attempts in a row failed ${since}, the last with: ${last.message}`,
      { hint: last.hint ?? 'run the same command again once it is back', cause: last },
    );
  }
}

/** Whether a failure tells that nobody is reached, rather than that somebody has trouble with the request. */
export function meetsNobody(error: ProviderError): boolean {
  return isTransient(error) && (error.code === 'connection' || NOTHING_BEHIND.has(error.status));
}
