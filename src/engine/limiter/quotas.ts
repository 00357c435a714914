import type { Clock } from '../../core/clock.ts';
import { ProviderError } from '../../core/errors.ts';
import type { LimitUse } from '../../core/limit-use.ts';
import { amountOf, type Cost, type LimitUnit } from './cost.ts';
import { Quota, type QuotaOptions } from './quota.ts';

/** The wait for one of the limits. */
export interface QuotaWait {
  readonly ms: number;
  readonly quota: Quota;
}

/** Corrects what was taken, by what was really used; undefined: nothing, not even a request. */
type Correct = (actual: Cost | undefined, now: number) => void;

const TOKENS = {
  requests: 'requests',
  tokens: 'tokens',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
} as const satisfies Record<LimitUnit, string>;

/** All limits of one endpoint together. */
export class Quotas {
  readonly #clock: Clock;
  #all: readonly Quota[] = [];

  /** `earlier`: what other runs have taken from limits that outlast a run. */
  constructor(clock: Clock, limits: readonly QuotaOptions[], earlier: readonly LimitUse[]) {
    this.#clock = clock;
    for (const limit of limits) {
      const quota = this.#add(limit);
      const use = earlier.find((other) => isSame(other, quota));
      if (use !== undefined && quota.isLong) quota.restore(use.taken, clock.now());
    }
  }

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** Whether any limit counts tokens. */
  get countsTokens(): boolean {
    return this.#all.some((quota) => quota.unit !== 'requests');
  }

  /** The limit of this unit and window, with the figure that is known now; whether it is `new`. */
  learn(options: QuotaOptions): { readonly quota: Quota; readonly isNew: boolean } {
    const known = this.#all.find((quota) => isSame(quota, options));
    known?.setLimit(options.limit);
    return { quota: known ?? this.#add(options), isNew: known === undefined };
  }

  resume(at: number): void {
    for (const quota of this.#all) quota.resume(at);
  }

  /** Why no amount of waiting would do, if so. */
  hopeless(cost: Cost): ProviderError | undefined {
    for (const quota of this.#all) {
      const amount = amountOf(quota.unit, cost);
      if (amount <= quota.most) continue;
      return new ProviderError(
        'request_too_large',
        `the request takes about ${Math.ceil(amount)} ${TOKENS[quota.unit]}; the limit is ${quota.limit} in ${quota.windowMs / 1000} s`,
        { hint: 'raise the limit or shorten the text' },
      );
    }
    return undefined;
  }

  /** The longest wait, if there is any. */
  wait(cost: Cost, now: number): QuotaWait | undefined {
    return this.#longest(this.#all, cost, now);
  }

  /** The longest wait for a limit that is the user's own and outlasts a run, if there is any. */
  longWait(cost: Cost, now: number): QuotaWait | undefined {
    const own = this.#all.filter((quota) => quota.name !== undefined && quota.isLong);
    return this.#longest(own, cost, now);
  }

  take(cost: Cost, takenAt: number): Correct {
    const quotas = this.#all;
    for (const quota of quotas) quota.take(amountOf(quota.unit, cost), takenAt);
    return (actual, now) => {
      for (const quota of quotas) {
        const used = actual === undefined ? 0 : amountOf(quota.unit, actual);
        quota.correct(used - amountOf(quota.unit, cost), takenAt, now);
      }
    };
  }

  /** What was taken from limits that outlast a run. */
  uses(now: number): readonly LimitUse[] {
    return this.#all.filter((quota) => quota.isLong).map((quota) => quota.use(now));
  }

  #longest(quotas: readonly Quota[], cost: Cost, now: number): QuotaWait | undefined {
    let longest: QuotaWait | undefined;
    for (const quota of quotas) {
      const ms = quota.waitMs(amountOf(quota.unit, cost), now);
      if (ms > (longest?.ms ?? 0)) longest = { ms, quota };
    }
    return longest;
  }

  #add(options: QuotaOptions): Quota {
    const quota = new Quota(options, this.#clock.now(), this.#clock.epochMs());
    this.#all = [...this.#all, quota];
    return quota;
  }
}

type Kind = Pick<QuotaOptions, 'unit' | 'windowMs'>;

function isSame(one: Kind, other: Kind): boolean {
  return one.unit === other.unit && one.windowMs === other.windowMs;
}
