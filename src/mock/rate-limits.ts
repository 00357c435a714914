import type { Clock } from '../core/clock.ts';
import { rateLimited, requestTooLarge } from './api-error.ts';
import {
  type LimitHeaders,
  type LimitState,
  type LimitUnit,
  limitHeaders,
  waitHeaders,
} from './limit-headers.ts';
import type { Headers } from './send-reply.ts';
import { A_DAY, A_MINUTE, TokenBucket } from './token-bucket.ts';

export interface RateLimitOptions {
  readonly rpm?: number | undefined;
  readonly tpm?: number | undefined;
  readonly inputTpm?: number | undefined;
  readonly outputTpm?: number | undefined;
  readonly rpd?: number | undefined;
  readonly tpd?: number | undefined;
  readonly limitHeaders: LimitHeaders;
}

/** What each option counts, and over what time. */
const LIMITS = [
  ['rpm', 'requests', 'minute'],
  ['tpm', 'tokens', 'minute'],
  ['inputTpm', 'inputTokens', 'minute'],
  ['outputTpm', 'outputTokens', 'minute'],
  ['rpd', 'requests', 'day'],
  ['tpd', 'tokens', 'day'],
] as const satisfies readonly (readonly [keyof RateLimitOptions, LimitUnit, LimitState['window']])[];

interface Limit extends Pick<LimitState, 'unit' | 'window'> {
  readonly bucket: TokenBucket;
}

/** What is known of a request when it comes in, in tokens. */
export interface RequestTokens {
  readonly promptTokens: number;
  readonly maxTokens?: number | undefined;
}

/** The limits by the minute and by the day; one that is not given does not exist. */
export class RateLimits {
  readonly #style: LimitHeaders;
  readonly #clock: Clock;
  readonly #limits: readonly Limit[];

  constructor(options: RateLimitOptions, clock: Clock) {
    this.#style = options.limitHeaders;
    this.#clock = clock;
    this.#limits = LIMITS.flatMap(([key, unit, window]) => {
      const limit = options[key];
      if (limit === undefined) return [];
      return { unit, window, bucket: new TokenBucket(limit, clock, window === 'day' ? A_DAY : A_MINUTE) };
    });
  }

  /**
   * Charges what is known of a request, or throws the `ApiError` that refuses it and charges nothing. Returns the
   * tokens that were charged, input and output together.
   */
  admit(model: string, request: RequestTokens): number {
    const { promptTokens } = request;
    const tokens = promptTokens + (this.#chargesMost(request) ? (request.maxTokens ?? 0) : 0);
    const charges = { requests: 1, tokens, inputTokens: promptTokens, outputTokens: 0 };
    // Output that is charged as it comes is let in until there is none left.
    const needs = { ...charges, outputTokens: 1 };
    let longestMs = 0;
    let longest: Limit | undefined;
    for (const limit of this.#limits) {
      const { unit, window, bucket } = limit;
      const requested = needs[unit];
      if (unit !== 'requests' && requested > bucket.limit) {
        throw requestTooLarge(model, { unit, window, limit: bucket.limit, requested });
      }
      const waitMs = bucket.waitFor(requested);
      if (waitMs <= longestMs) continue;
      longestMs = waitMs;
      longest = limit;
    }
    if (longest !== undefined) throw this.#refusal(model, longest, needs[longest.unit], longestMs);
    for (const { unit, bucket } of this.#limits) bucket.take(charges[unit]);
    return tokens;
  }

  /** Charges what was not known at admission. Returns the tokens that were charged. */
  answered(request: RequestTokens, completionTokens: number): number {
    const tokens = this.#chargesMost(request) ? 0 : completionTokens;
    const charges = { requests: 0, tokens, inputTokens: 0, outputTokens: completionTokens };
    for (const { unit, bucket } of this.#limits) bucket.take(charges[unit]);
    return tokens;
  }

  /** A flat list of names and values. */
  headers(): Headers {
    const states = this.#limits.map(({ unit, window, bucket }) => ({
      ...{ unit, window, limit: bucket.limit, remaining: bucket.remaining(), resetMs: bucket.resetMs() },
    }));
    return limitHeaders(this.#style, states, this.#clock.epochMs());
  }

  reset(): void {
    for (const { bucket } of this.#limits) bucket.fill();
  }

  /** OpenAI charges `max_tokens` at admission, Anthropic charges output as it comes. */
  #chargesMost({ maxTokens }: RequestTokens): boolean {
    return maxTokens !== undefined && this.#style !== 'anthropic';
  }

  #refusal(model: string, { unit, window, bucket }: Limit, requested: number, waitMs: number): Error {
    const { limit } = bucket;
    const headers = waitHeaders(this.#style, waitMs);
    const used = limit - bucket.remaining();
    return rateLimited(model, { unit, window, limit, used, requested, waitMs, headers });
  }
}
