import { flagName } from '../config/option-names.ts';
import { AdaptiveConcurrency } from '../engine/concurrency/adaptive-concurrency.ts';
import type { QuotaOptions } from '../engine/limiter/quota.ts';

/** How much one endpoint may be asked. */
export interface LimitSettings {
  readonly concurrency: number | 'auto';
  /** Most that `auto` may try. */
  readonly maxConcurrency: number;
  readonly rpm?: number | undefined;
  readonly tpm?: number | undefined;
  readonly inputTpm?: number | undefined;
  readonly outputTpm?: number | undefined;
  readonly rpd?: number | undefined;
  readonly tpd?: number | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** What each option that is a limit counts, and over what time. */
const LIMITS = [
  ['rpm', 'requests', MINUTE_MS],
  ['tpm', 'tokens', MINUTE_MS],
  ['inputTpm', 'inputTokens', MINUTE_MS],
  ['outputTpm', 'outputTokens', MINUTE_MS],
  ['rpd', 'requests', DAY_MS],
  ['tpd', 'tokens', DAY_MS],
] as const satisfies readonly (readonly [keyof LimitSettings, QuotaOptions['unit'], number])[];
/** In flight at first with `auto`: what a small server of one's own bears. */
const START = 8;

/** Most requests in flight, or what finds that out. */
export type Concurrency = number | AdaptiveConcurrency;

export function concurrencyOf({ concurrency, maxConcurrency }: LimitSettings): Concurrency {
  if (concurrency !== 'auto') return concurrency;
  return new AdaptiveConcurrency({ start: START, most: maxConcurrency });
}

export function limitsOf(settings: LimitSettings): QuotaOptions[] {
  return LIMITS.flatMap(([key, unit, windowMs]) => {
    const limit = settings[key];
    return limit === undefined ? [] : [{ unit, limit, windowMs, name: flagName(key) }];
  });
}
