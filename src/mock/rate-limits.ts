import type { Clock } from '../core/clock.ts';
import { rateLimited, requestTooLarge } from './api-error.ts';
import { formatDuration } from './format-duration.ts';
import { TokenBucket } from './token-bucket.ts';

const UNITS = ['requests', 'tokens'] as const;

/** The limits on requests and tokens a minute; one that is not given does not exist. */
export class RateLimits {
  readonly #requests: TokenBucket | undefined;
  readonly #tokens: TokenBucket | undefined;

  constructor(
    limits: { readonly rpm?: number | undefined; readonly tpm?: number | undefined },
    clock: Clock,
  ) {
    this.#requests = limits.rpm === undefined ? undefined : new TokenBucket(limits.rpm, clock);
    this.#tokens = limits.tpm === undefined ? undefined : new TokenBucket(limits.tpm, clock);
  }

  /** Charges one request of so many tokens, or throws the `ApiError` that refuses it and charges nothing. */
  admit(model: string, tokens: number): void {
    const { perMinute = Number.POSITIVE_INFINITY } = this.#tokens ?? {};
    if (tokens > perMinute) throw requestTooLarge(model, perMinute, tokens);
    const costs = { requests: 1, tokens };
    const waits = UNITS.map((unit) => this.#bucket(unit)?.waitFor(costs[unit]) ?? 0);
    const longest = Math.max(...waits);
    if (longest > 0) {
      const unit = waits[0] === longest ? 'requests' : 'tokens';
      const bucket = this.#bucket(unit);
      const limit = bucket?.perMinute ?? 0;
      const used = limit - (bucket?.remaining() ?? 0);
      throw rateLimited(model, { unit, limit, used, requested: costs[unit], waitMs: longest });
    }
    this.#requests?.take(1);
    this.#tokens?.take(tokens);
  }

  /** Charges tokens that were not known at admission. */
  charge(tokens: number): void {
    this.#tokens?.take(tokens);
  }

  /** `x-ratelimit-*` as a flat list of names and values. */
  headers(): string[] {
    const headers: string[] = [];
    for (const unit of UNITS) {
      const bucket = this.#bucket(unit);
      if (bucket === undefined) continue;
      headers.push(`x-ratelimit-limit-${unit}`, String(bucket.perMinute));
      headers.push(`x-ratelimit-remaining-${unit}`, String(bucket.remaining()));
      headers.push(`x-ratelimit-reset-${unit}`, formatDuration(bucket.resetMs()));
    }
    return headers;
  }

  reset(): void {
    this.#requests?.fill();
    this.#tokens?.fill();
  }

  #bucket(unit: (typeof UNITS)[number]): TokenBucket | undefined {
    return unit === 'requests' ? this.#requests : this.#tokens;
  }
}
