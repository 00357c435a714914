import type { Clock } from '../../core/clock.ts';
import type { AppError, ProviderError } from '../../core/errors.ts';
import type { Bottleneck } from '../../core/events.ts';
import type { LimitUse } from '../../core/limit-use.ts';
import type { Usage } from '../../core/request.ts';
import type { RecordDeadline } from '../record-deadline.ts';
import { AdaptiveRate, type Rejection } from './adaptive-rate.ts';
import type { Cost } from './cost.ts';
import type { Quota, QuotaOptions } from './quota.ts';
import { Quotas, type QuotaWait } from './quotas.ts';

/** Reserved capacity. Ends by exactly one of `settle` and `release`; later calls do nothing. */
export interface Permit {
  /** Corrects the estimate by what was really used; unknown parts keep the estimate. */
  settle(usage: Usage): void;
  /** Gives everything back: the request was never sent. */
  release(): void;
}

/** Ms, and what they are waited for; `none` where it is 0. */
export interface Wait {
  readonly ms: number;
  readonly by: Bottleneck;
}

interface Waiter {
  readonly cost: Cost;
  readonly admit: (permit: Permit) => void;
  readonly reject: (reason: unknown) => void;
}

export interface LimiterOptions {
  readonly clock: Clock;
  readonly limits: readonly QuotaOptions[];
  /** What other runs have taken from limits that outlast a run. */
  readonly earlier?: readonly LimitUse[] | undefined;
  /**
   * Nothing is in flight, and the next request has to wait for a limit of the user's own that outlasts a run. Returns
   * whether that ends the run; else the request waits.
   */
  readonly onLongWait?: (wait: QuotaWait) => boolean;
}

/** Admits requests within all limits, first come first served: a big request is not passed by small ones. */
export class Limiter {
  readonly #clock: Clock;
  readonly #quotas: Quotas;
  readonly #onLongWait: LimiterOptions['onLongWait'];
  #adaptive: AdaptiveRate;
  #learntAt = Number.NEGATIVE_INFINITY;
  #waiters: Waiter[] = [];
  /** Permits that have neither been settled nor released. */
  #open = 0;
  #pausedUntil = 0;
  #stopped: AppError | undefined;
  #blockedBy: Bottleneck = 'none';
  #cancelTimer: (() => void) | undefined;

  constructor(options: LimiterOptions) {
    this.#clock = options.clock;
    this.#quotas = new Quotas(this.#clock, options.limits, options.earlier ?? []);
    this.#onLongWait = options.onLongWait;
    this.#adaptive = new AdaptiveRate(this.#clock.now());
  }

  /** What holds requests back now. */
  get blockedBy(): Bottleneck {
    return this.#blockedBy;
  }

  /** Whether any limit counts tokens, so that estimates are worth making. */
  get countsTokens(): boolean {
    return this.#quotas.countsTokens;
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

  /** Why no amount of waiting would do, if so. */
  refusal(cost: Cost): ProviderError | undefined {
    return this.#quotas.hopeless(cost);
  }

  /**
   * How long a request that does not stand in line would wait now, and for what. Where that is for a limit that outlasts
   * the run it is told of as for those in line.
   */
  outlook(cost: Cost): Wait {
    const now = this.#clock.now();
    const wait = this.#wait(cost, now);
    if (wait.ms > 0) this.#endsForLongWait(cost, now);
    return wait;
  }

  /** Nothing is admitted before `until` (ms of the clock), whatever the quotas say. */
  pauseUntil(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
    this.#quotas.resume(until);
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
    const { quota, isNew } = this.#quotas.learn(options);
    if (!isNew) return quota;
    const now = this.#clock.now();
    this.#adaptive = new AdaptiveRate(now);
    this.#learntAt = now;
    return quota;
  }

  /** What was taken, by this run and others, from limits that outlast a run. */
  uses(): readonly LimitUse[] {
    return this.#quotas.uses(this.#clock.now());
  }

  #leave(waiter: Waiter): void {
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    this.#pump();
  }

  #refuseIfHopeless(cost: Cost): void {
    if (this.#stopped !== undefined) throw this.#stopped;
    const hopeless = this.#quotas.hopeless(cost);
    if (hopeless !== undefined) throw hopeless;
  }

  /** What comes back from those in flight may be less than was thought. */
  #endsForLongWait(cost: Cost, now: number): boolean {
    const long = this.#open === 0 ? this.#quotas.longWait(cost, now) : undefined;
    return long !== undefined && this.#onLongWait?.(long) === true;
  }

  #wait(cost: Cost, now: number): Wait {
    let ms = Math.max(0, this.#pausedUntil - now);
    let by: Bottleneck = ms > 0 ? 'pause' : 'none';
    const adaptiveMs = this.#adaptive.waitMs(now);
    if (adaptiveMs > ms) {
      ms = adaptiveMs;
      by = 'requests';
    }
    const longest = this.#quotas.wait(cost, now);
    if (longest === undefined || longest.ms <= ms) return { ms, by };
    return { ms: longest.ms, by: longest.quota.unit === 'requests' ? 'requests' : 'tokens' };
  }

  #take(cost: Cost, now: number): Permit {
    this.#adaptive.take(now);
    return this.#quotas.isEmpty ? FREE_PERMIT : this.#permit(cost, now);
  }

  #permit(cost: Cost, takenAt: number): Permit {
    const correct = this.#quotas.take(cost, takenAt);
    this.#open += 1;
    let isOpen = true;
    const end = (actual: Cost | undefined): void => {
      if (!isOpen) return;
      isOpen = false;
      this.#open -= 1;
      correct(actual, this.#clock.now());
      if (this.#waiters.length > 0) this.#pump();
    };
    return {
      settle: (usage) =>
        end({
          inputTokens: usage.inputTokens ?? cost.inputTokens,
          outputTokens: usage.outputTokens ?? cost.outputTokens,
        }),
      release: () => end(undefined),
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
      const hopeless = this.#quotas.hopeless(head.cost);
      if (hopeless !== undefined) {
        this.#waiters.shift();
        head.reject(hopeless);
        continue;
      }
      const now = this.#clock.now();
      const wait = this.#wait(head.cost, now);
      if (wait.ms > 0) {
        this.#blockedBy = wait.by;
        if (this.#endsForLongWait(head.cost, now)) break;
        this.#cancelTimer = this.#clock.timer(wait.ms, () => this.#pump());
        break;
      }
      this.#waiters.shift();
      head.admit(this.#take(head.cost, now));
    }
  }
}

const FREE_PERMIT: Permit = { settle() {}, release() {} };
