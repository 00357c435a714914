import type { Clock } from '../../core/clock.ts';
import { type AppError, ProviderError } from '../../core/errors.ts';
import type { Bottleneck } from '../../core/events.ts';
import type { Usage } from '../../core/request.ts';
import type { RecordDeadline } from '../record-deadline.ts';
import { AdaptiveRate, type Rejection } from './adaptive-rate.ts';
import { amountOf, type Cost, type LimitUnit } from './cost.ts';
import { Quota, type QuotaOptions } from './quota.ts';

/** Reserved capacity. Ends by exactly one of `settle` and `release`; later calls do nothing. */
export interface Permit {
  /** Corrects the estimate by what was really used; unknown parts keep the estimate. */
  settle(usage: Usage): void;
  /** Gives everything back: the request was never sent. */
  release(): void;
}

interface Waiter {
  readonly cost: Cost;
  readonly admit: (permit: Permit) => void;
  readonly reject: (reason: unknown) => void;
}

export interface LimiterOptions {
  readonly clock: Clock;
  readonly limits: readonly QuotaOptions[];
}

/** Admits requests within all limits, first come first served: a big request is not passed by small ones. */
export class Limiter {
  readonly #clock: Clock;
  readonly #quotas: Quota[];
  #adaptive: AdaptiveRate;
  #learntAt = Number.NEGATIVE_INFINITY;
  #waiters: Waiter[] = [];
  #pausedUntil = 0;
  #stopped: AppError | undefined;
  #blockedBy: Bottleneck = 'none';
  #cancelTimer: (() => void) | undefined;

  constructor(options: LimiterOptions) {
    this.#clock = options.clock;
    const now = this.#clock.now();
    this.#quotas = options.limits.map((limit) => new Quota(limit, now));
    this.#adaptive = new AdaptiveRate(now);
  }

  /** What holds requests back now. */
  get blockedBy(): Bottleneck {
    return this.#blockedBy;
  }

  /** Whether any limit counts tokens, so that estimates are worth making. */
  get countsTokens(): boolean {
    return this.#quotas.some((quota) => quota.unit !== 'requests');
  }

  /** Capacity at once, or undefined where the request has to wait. Throws as `acquire` rejects. */
  tryAcquire(cost: Cost): Permit | undefined {
    this.#refuseIfHopeless(cost);
    if (this.#waiters.length > 0) return undefined;
    const now = this.#clock.now();
    return this.#wait(cost, now).ms > 0 ? undefined : this.#take(cost, now);
  }

  /**
   * Waits for capacity. Rejects with `request_too_large` where no amount of waiting would do, and with the
   * reason of the stop once `stop` was called, or of the deadline when it passes.
   */
  acquire(cost: Cost, deadline?: Pick<RecordDeadline, 'onPass'>): Promise<Permit> {
    return new Promise((admit, reject) => {
      this.#refuseIfHopeless(cost);
      const waiter: Waiter = {
        cost,
        reject,
        admit: (permit) => {
          offPass?.();
          admit(permit);
        },
      };
      this.#waiters.push(waiter);
      const offPass = deadline?.onPass((reason) => {
        reject(reason);
        this.#leave(waiter);
      });
      if (this.#waiters.length === 1) this.#pump();
    });
  }

  /** Nothing is admitted before `until` (ms of the clock), whatever the quotas say. */
  pauseUntil(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
    for (const quota of this.#quotas) quota.resume(until);
    this.#pump();
  }

  /** The endpoint rejected a request for the rate of requests, or because it is overloaded. */
  rejected(rejection: Rejection & { readonly sentAt: number }): void {
    // What was sent before the limits were known says nothing of a rate that keeps to them.
    if (rejection.sentAt < this.#learntAt) return;
    this.#adaptive.rejected(this.#clock.now(), rejection);
  }

  /** Rejects all that wait and all that come. */
  stop(reason: AppError): void {
    this.#stopped = reason;
    this.#cancelTimer?.();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(reason);
  }

  /** Takes up a limit that the endpoint announced. */
  learn(options: QuotaOptions): Quota {
    const known = this.#quotas.find(
      (quota) => quota.unit === options.unit && quota.windowMs === options.windowMs,
    );
    if (known !== undefined) {
      known.setLimit(options.limit);
      return known;
    }
    const now = this.#clock.now();
    const quota = new Quota(options, now);
    this.#quotas.push(quota);
    this.#adaptive = new AdaptiveRate(now);
    this.#learntAt = now;
    return quota;
  }

  #leave(waiter: Waiter): void {
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    this.#pump();
  }

  #refuseIfHopeless(cost: Cost): void {
    if (this.#stopped !== undefined) throw this.#stopped;
    const hopeless = this.#hopeless(cost);
    if (hopeless !== undefined) throw hopeless;
  }

  #hopeless(cost: Cost): ProviderError | undefined {
    for (const quota of this.#quotas) {
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

  #wait(cost: Cost, now: number): { ms: number; by: Bottleneck } {
    let ms = Math.max(0, this.#pausedUntil - now);
    let by: Bottleneck = ms > 0 ? 'pause' : 'none';
    const adaptiveMs = this.#adaptive.waitMs(now);
    if (adaptiveMs > ms) {
      ms = adaptiveMs;
      by = 'requests';
    }
    for (const quota of this.#quotas) {
      const wait = quota.waitMs(amountOf(quota.unit, cost), now);
      if (wait <= ms) continue;
      ms = wait;
      by = quota.unit === 'requests' ? 'requests' : 'tokens';
    }
    return { ms, by };
  }

  #take(cost: Cost, now: number): Permit {
    this.#adaptive.take(now);
    for (const quota of this.#quotas) quota.take(amountOf(quota.unit, cost), now);
    return this.#quotas.length === 0 ? FREE_PERMIT : this.#permit(cost, now);
  }

  #permit(cost: Cost, takenAt: number): Permit {
    const quotas = [...this.#quotas];
    let open = true;
    const correct = (actual: Cost | undefined): void => {
      if (!open) return;
      open = false;
      const now = this.#clock.now();
      for (const quota of quotas) {
        const used = actual === undefined ? 0 : amountOf(quota.unit, actual);
        quota.correct(used - amountOf(quota.unit, cost), takenAt, now);
      }
      if (this.#waiters.length > 0) this.#pump();
    };
    return {
      settle: (usage) =>
        correct({
          inputTokens: usage.inputTokens ?? cost.inputTokens,
          outputTokens: usage.outputTokens ?? cost.outputTokens,
        }),
      release: () => correct(undefined),
    };
  }

  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#blockedBy = 'none';
    while (this.#waiters.length > 0) {
      const [head] = this.#waiters;
      if (head === undefined) break;
      // A limit that was learnt meanwhile may be smaller than what waits.
      const hopeless = this.#hopeless(head.cost);
      if (hopeless !== undefined) {
        this.#waiters.shift();
        head.reject(hopeless);
        continue;
      }
      const now = this.#clock.now();
      const wait = this.#wait(head.cost, now);
      if (wait.ms > 0) {
        this.#blockedBy = wait.by;
        this.#cancelTimer = this.#clock.timer(wait.ms, () => this.#pump());
        break;
      }
      this.#waiters.shift();
      head.admit(this.#take(head.cost, now));
    }
  }
}

const TOKENS = {
  requests: 'requests',
  tokens: 'tokens',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
} as const satisfies Record<LimitUnit, string>;

const FREE_PERMIT: Permit = { settle() {}, release() {} };
