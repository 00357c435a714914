import { FaultWatch } from './fault-watch.ts';
import { type Ending, gain, Round } from './round.ts';
import { TrialPlan } from './trial-plan.ts';
import { fitWork, type WorkModel } from './work-model.ts';

/** A trial up is kept if throughput rises at least as this power of the number in flight: 2 × must give 1.07 ×. */
const WORTH_UP = 0.1;
/** A trial down is kept if it costs no more than this power: 0.7 × may cost 2 %. */
const WORTH_DOWN = 0.05;
/** The same after an alarm of faults: half as many must do at least 0.7 of the work. */
const WORTH_RELIEF = 0.5;
/** Share of good answers below which there is nothing to compare, and only caution is left. */
const OUTAGE = 0.5;
/** Standard deviations by which a result must be clear. */
const CLEAR = 2;
/** A trial that is not clear after so many times its limit is given up. */
const MOST_GENERATIONS = 8;
/** Least answers to judge by, in themselves and as a share of the limit. */
const LEAST_ANSWERS = 4;
const LEAST_GENERATION = 0.25;
/** Standard deviation of the logarithm of the mean time, at the most, before a trial may begin. */
const MOST_DOUBT = 0.2;
/** A trial is not given up as unclear before so many answers. */
const LEAST_LATE = 100;
/** Times the limit, in answers, that are measured before a trial once the first climb is over. */
const BASE_GENERATIONS = 4;
/** How much of what was seen at one limit is remembered, in times the limit, and in answers at the least. */
const MEMORY_GENERATIONS = 16;
const LEAST_MEMORY = 400;
/** Room above what was just enough, when the first climb ends. */
const HEADROOM = 1.1;
/** A storm of rejections halves the limit at the most, and lowers it to this share at the least. */
const MOST_FALL = 0.5;
const LEAST_FALL = 0.95;
/** From this share of the limit on, the limit is to blame for a rejection. */
const REACHED = 0.9;

export interface AttemptEnd {
  /**
   * `rate-limited`: told that it was too many by the minute. `overloaded`: told to slow down. `fault`: timeout,
   * reset, server error: may or may not come of the load. `other`: says nothing about the load.
   */
  readonly result: 'ok' | 'rate-limited' | 'overloaded' | 'fault' | 'other';
  /** Time of the attempt. */
  readonly ms: number;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

export interface LimitChange {
  readonly limit: number;
  readonly reason: 'trial' | 'no gain' | 'overload' | 'faults' | 'recovered';
}

interface Trial {
  readonly base: Round;
  readonly model: WorkModel;
  readonly worth: number;
  readonly relief: boolean;
}

/**
 * Finds how many requests in flight the endpoint can use, by trials: it changes the limit, waits until what was
 * in flight before is gone, and compares the work that gets done. docs/concurrency.md has the reasons.
 * Pure: times (monotonic ms) come in with each call.
 */
export class AdaptiveConcurrency {
  readonly #plan: TrialPlan;
  readonly #faults = new FaultWatch();
  #round: Round;
  #trial: Trial | undefined;
  #inFlight = 0;
  #storm: { readonly until: number; readonly limit: number; count: number } | undefined;

  constructor(options: { readonly start: number; readonly most: number }) {
    this.#plan = new TrialPlan(options.most);
    const limit = Math.min(options.start, options.most);
    this.#round = new Round(limit, limit);
  }

  /** Most requests that may be in flight now. */
  get limit(): number {
    return this.#round.limit;
  }

  /** A request is sent. */
  started(now: number): void {
    this.#round.pass(now, this.#inFlight);
    this.#round.send(now);
    this.#inFlight += 1;
  }

  /** An attempt has ended. Returns the new limit where that changes. */
  ended(now: number, end: AttemptEnd): LimitChange | undefined {
    this.#round.pass(now, this.#inFlight);
    this.#inFlight -= 1;
    switch (end.result) {
      case 'other':
        return undefined;
      case 'rate-limited':
      case 'overloaded':
        return this.#rejected(now, now - end.ms, end.result === 'overloaded');
      case 'ok':
      case 'fault':
        return this.#counted(now, {
          ok: end.result === 'ok',
          ms: end.ms,
          input: end.inputTokens ?? 0,
          output: end.outputTokens ?? 0,
        });
    }
  }

  #counted(now: number, ending: Ending): LimitChange | undefined {
    this.#round.end(ending);
    if (this.#trial !== undefined) return this.#judge(this.#trial, now);
    const { limit, ended } = this.#round;
    if (ended > Math.max(LEAST_MEMORY, limit * MEMORY_GENERATIONS)) this.#round.age();
    if (this.#faults.count(ending.ok, limit)) {
      if (limit === 1) this.#faults.accept(1 - this.#round.okShare);
      else return this.#try(Math.floor(limit / 2), { worth: WORTH_RELIEF, relief: true }, 'faults');
    }
    return this.#consider(now);
  }

  /** Begins a trial when one is due and what is there now is known well enough. */
  #consider(now: number): LimitChange | undefined {
    const round = this.#round;
    const { limit } = round;
    if (round.ended < LEAST_ANSWERS || !this.#plan.isDue(now) || !round.isFull) return undefined;
    const to = this.#plan.next(limit);
    const enough = limit * (this.#plan.ramping ? LEAST_GENERATION : BASE_GENERATIONS);
    if (to === limit || round.ended < enough || round.doubt > MOST_DOUBT) return undefined;
    if (to > limit) return this.#try(to, { worth: WORTH_UP, relief: false }, 'trial');
    if (!round.hasHung) return this.#try(to, { worth: WORTH_DOWN, relief: false }, 'trial');
    this.#plan.failed(now);
    return undefined;
  }

  #try(to: number, kind: Pick<Trial, 'worth' | 'relief'>, reason: LimitChange['reason']): LimitChange {
    const base = this.#round;
    this.#trial = { base, model: fitWork(base.times), ...kind };
    return this.#set(to, reason);
  }

  #judge(trial: Trial, now: number): LimitChange | undefined {
    const round = this.#round;
    const { base, worth, relief } = trial;
    if (round.ended < Math.max(LEAST_ANSWERS, round.limit * LEAST_GENERATION)) return undefined;
    if (round.limit > base.limit && !round.isFull) return this.#starved(base, now);
    const { log, sd } = gain(base, round, trial.model);
    const excess = log - worth * Math.log(round.limit / base.limit);
    if (relief && round.ended < round.limit) return undefined;
    if (relief) return this.#relieved(trial, excess > 0 || round.okShare < OUTAGE, now);
    const late = round.ended >= Math.max(LEAST_LATE, round.limit * MOST_GENERATIONS);
    if (!late && Math.abs(excess) < CLEAR * sd) return undefined;
    if (excess > CLEAR * sd || (this.#plan.ramping && excess > 0)) return this.#keep();
    return this.#giveUp(base, base.limit * Math.exp(log), now);
  }

  /** What is in flight did not fill the new limit: something else holds the run back. */
  #starved(base: Round, now: number): LimitChange | undefined {
    this.#plan.starved(now);
    if (this.#round.inFlight > base.limit) return this.#keep();
    this.#trial = undefined;
    return this.#set(base.limit, 'no gain');
  }

  #keep(): undefined {
    this.#trial = undefined;
    this.#plan.succeeded(this.#round.limit);
    return undefined;
  }

  /** `enough`: the number in flight at which, by the trial, no more was to be had. */
  #giveUp(base: Round, enough: number, now: number): LimitChange {
    const { limit } = this.#round;
    const settled = this.#plan.ramping
      ? Math.min(limit, Math.max(base.limit, Math.round(enough * HEADROOM)))
      : base.limit;
    this.#trial = undefined;
    this.#plan.failed(now);
    return this.#set(settled, 'no gain');
  }

  #relieved({ base }: Trial, helped: boolean, now: number): LimitChange | undefined {
    this.#trial = undefined;
    this.#faults.forget();
    if (helped) {
      this.#plan.rebuffed(base.limit, now, false);
      return undefined;
    }
    this.#faults.accept(1 - this.#round.okShare);
    return this.#set(base.limit, 'recovered');
  }

  /** Within the time of an answer many are told so: that is one storm. The more of them, the lower. */
  #rejected(now: number, sentAt: number, overloaded: boolean): LimitChange | undefined {
    if (this.#storm === undefined || sentAt > this.#storm.until) {
      const limit = this.#limitToBlame(overloaded);
      if (limit === undefined) return undefined;
      const byTrial = this.#trial !== undefined && this.limit > this.#trial.base.limit;
      this.#plan.rebuffed(limit, now, byTrial);
      const { times } = this.#trial?.base ?? this.#round;
      this.#storm = { until: now + times.meanMs, limit, count: 0 };
    }
    const storm = this.#storm;
    storm.count += 1;
    const left = Math.max(
      storm.limit * MOST_FALL,
      Math.min(storm.limit * LEAST_FALL, storm.limit - storm.count),
    );
    const before = this.limit;
    this.#trial = undefined;
    const change = this.#set(Math.max(1, Math.min(before, Math.floor(left))), 'overload');
    return change.limit === before ? undefined : change;
  }

  /** A rate that was too high is none of the limit's fault where the limit was not reached. */
  #limitToBlame(overloaded: boolean): number | undefined {
    const { limit } = this;
    const reached = this.#inFlight + 1;
    if (reached >= limit * REACHED) return limit;
    return overloaded ? reached : undefined;
  }

  #set(limit: number, reason: LimitChange['reason']): LimitChange {
    this.#round = new Round(limit, Math.max(limit, this.#inFlight));
    return { limit, reason };
  }
}
