import { Moments } from './moments.ts';
import { fitWork, slowdown, type WorkModel } from './work-model.ts';

/** An attempt that came back and tells something of the load. */
export interface Ending {
  readonly ok: boolean;
  readonly ms: number;
  readonly input: number;
  readonly output: number;
}

/** From this share of the limit on, what is in flight counts as held back by the limit and nothing else. */
const FULL = 0.9;
/** Share of the time in flight that leads to answers, where nothing much hangs. */
const LEAST_LIVE = 0.7;

/** What was seen while one limit held. The first `warmUp` endings belong to what was before, and are not counted. */
export class Round {
  readonly limit: number;
  readonly times = new Moments();
  /** Endings that were counted, good or bad. */
  ended = 0;
  #ok = 0;
  #warmUp: number;
  #busyMs = 0;
  #spanMs = 0;
  #lastAt: number | undefined;

  constructor(limit: number, warmUp: number) {
    this.limit = limit;
    this.#warmUp = warmUp;
  }

  /** So many were in flight since the last call. Time begins with the first request that is sent. */
  pass(now: number, inFlight: number): void {
    if (this.#lastAt !== undefined && this.#warmUp <= 0) {
      this.#busyMs += inFlight * (now - this.#lastAt);
      this.#spanMs += now - this.#lastAt;
    }
    if (this.#lastAt !== undefined) this.#lastAt = now;
  }

  send(now: number): void {
    this.#lastAt ??= now;
  }

  end({ ok, ms, input, output }: Ending): void {
    if (this.#warmUp > 0) {
      this.#warmUp -= 1;
      return;
    }
    this.ended += 1;
    if (!ok) return;
    this.#ok += 1;
    this.times.add(ms, input, output);
  }

  /** Mean number in flight. */
  get inFlight(): number {
    return this.#spanMs > 0 ? this.#busyMs / this.#spanMs : this.limit;
  }

  /** Whether the limit was what held requests back. */
  get isFull(): boolean {
    return this.inFlight >= Math.min(this.limit * FULL, this.limit - 0.5);
  }

  /**
   * Whether a good part of what is in flight is not on its way to an answer, but hangs until its timeout. Then
   * a lower limit would take its slots from the others alone.
   */
  get hasHung(): boolean {
    return this.times.ms < this.#busyMs * LEAST_LIVE;
  }

  /** Standard deviation of the logarithm of the mean time of an answer. */
  get doubt(): number {
    return Math.sqrt(slowdown(this.times, fitWork(this.times)).variance);
  }

  /** Share of attempts that did not meet a fault; never 0. */
  get okShare(): number {
    return this.ended > 0 ? Math.max(this.#ok, 0.5) / this.ended : 1;
  }

  /** Variance of its logarithm, as if one more attempt had been half good: what never failed yet may still fail. */
  get okVariance(): number {
    const share = (this.#ok + 0.5) / (this.ended + 1);
    return (1 - share) / (share * (this.ended + 1));
  }

  /** Lets what is older count for less. */
  age(): void {
    this.ended /= 2;
    this.#ok /= 2;
    this.#busyMs /= 2;
    this.#spanMs /= 2;
    this.times.halve();
  }
}

/**
 * By how much more work gets done in `trial` than in `base`, as a logarithm with its standard deviation. By
 * Little's law throughput is what is in flight over the time that each takes; that time is taken relative to
 * what `model`, fitted to `base`, predicts for texts of that size, so that long texts are no slowness.
 */
export function gain(
  base: Round,
  trial: Round,
  model: WorkModel,
): { readonly log: number; readonly sd: number } {
  const before = slowdown(base.times, model);
  const after = slowdown(trial.times, model);
  const log =
    Math.log(trial.inFlight / base.inFlight) +
    Math.log(trial.okShare / base.okShare) -
    Math.log(after.factor / before.factor);
  return { log, sd: Math.sqrt(before.variance + after.variance + base.okVariance + trial.okVariance) };
}
