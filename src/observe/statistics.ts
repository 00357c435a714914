import type { Clock } from '../core/clock.ts';
import type { AppError } from '../core/errors.ts';
import type { Bottleneck, Events, RunEvents } from '../core/events.ts';
import type { ErrorCode } from '../core/failures.ts';
import type { Outcome } from '../core/outcome.ts';
import { CostMeter } from './cost-meter.ts';
import { EndpointMeters } from './endpoint-meters.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { OpenTally } from './open-tally.ts';
import { PauseMeter } from './pause-meter.ts';
import { RecentRate } from './recent-rate.ts';
import type { RunSummary } from './run-summary.ts';
import { StreamMeter } from './stream-meter.ts';

/** Counts what a run does. Bounded memory, and a fraction of a microsecond for each event. */
export class Statistics {
  readonly #clock: Clock;
  #startedAt: number;
  #endedAt: number | undefined;
  readonly #records = { read: 0, ok: 0, failed: 0, truncated: 0, inputErrors: 0 };
  readonly #earlier = { reused: 0, failed: 0, stale: 0, damagedLines: 0 };
  readonly #saved = { memory: 0, cache: 0, parts: 0 };
  readonly #failedByCode: Partial<Record<ErrorCode, number>> = {};
  readonly #warningsByCode: Record<string, number> = {};
  readonly #retriesByCode: Partial<Record<ErrorCode, number>> = {};
  #retries = 0;
  #rateLimited = 0;
  #attempts = 0;
  #attemptsEnded = 0;
  readonly #waiting = new OpenTally();
  readonly #retrying = new OpenTally();
  #inputTokens: number | undefined;
  #outputTokens: number | undefined;
  #answersWithoutUsage = 0;
  readonly #cost: CostMeter | undefined;
  readonly #endpoints: EndpointMeters;
  readonly #pauses = new PauseMeter();
  #pausesOfOne = 0;
  #limitedBy: Bottleneck = 'none';
  readonly #attemptLatency = new LatencyHistogram();
  readonly #recordLatency = new LatencyHistogram();
  readonly #streams = new StreamMeter();
  #recentRequests: RecentRate;
  #recentRecords: RecentRate;
  #stopped: AppError | undefined;

  /** `billed`: whether the endpoint costs anything at all. */
  constructor(events: Events, clock: Clock, { billed }: { readonly billed: boolean } = { billed: true }) {
    this.#clock = clock;
    this.#cost = billed ? new CostMeter() : undefined;
    this.#endpoints = new EndpointMeters(events, billed);
    this.#startedAt = clock.now();
    this.#recentRequests = new RecentRate(this.#startedAt);
    this.#recentRecords = new RecentRate(this.#startedAt);
    this.#listen(events);
  }

  #listen(events: Events): void {
    events.on('start', ({ at }) => this.#begin(at));
    events.on('record', () => {
      this.#records.read += 1;
    });
    events.on('known', ({ row }) => {
      this.#earlier[row] += 1;
    });
    events.on('damaged', () => {
      this.#earlier.damagedLines += 1;
    });
    events.on('saved', ({ from }) => {
      this.#saved[from] += 1;
    });
    events.on('waiting', ({ id }) => {
      this.#waiting.add(id);
      this.#retrying.remove(id);
    });
    events.on('attempt', ({ id }) => {
      this.#attempts += 1;
      this.#waiting.remove(id);
    });
    events.on('attemptEnd', (event) => this.#endAttempt(event));
    events.on('retry', ({ id, error }) => {
      this.#retries += 1;
      this.#retrying.add(id);
      count(this.#retriesByCode, error.code);
    });
    events.on('pause', ({ at, untilMs, endpoint }) => {
      // That one of several is told to pause holds nobody else back.
      if (endpoint === undefined) this.#pauses.add(at, untilMs);
      else this.#pausesOfOne += 1;
    });
    events.on('bottleneck', ({ by }) => {
      this.#limitedBy = by;
    });
    events.on('outcome', (outcome) => this.#endRecord(outcome));
    events.on('stopping', ({ reason }) => {
      this.#stopped ??= reason;
    });
    events.on('end', ({ at }) => {
      this.#endedAt = at;
    });
  }

  #begin(at: number): void {
    this.#startedAt = at;
    this.#recentRequests = new RecentRate(at);
    this.#recentRecords = new RecentRate(at);
  }

  #endAttempt(event: RunEvents['attemptEnd']): void {
    const { at, ms, usage, timing, error } = event;
    this.#cost?.add(event);
    if (timing !== undefined) this.#streams.add(timing, usage);
    this.#attemptsEnded += 1;
    this.#attemptLatency.add(ms);
    this.#recentRequests.add(at);
    const { inputTokens, outputTokens } = usage;
    if (inputTokens !== undefined) this.#inputTokens = (this.#inputTokens ?? 0) + inputTokens;
    if (outputTokens !== undefined) this.#outputTokens = (this.#outputTokens ?? 0) + outputTokens;
    if (error !== undefined) {
      if (error.code === 'rate_limited') this.#rateLimited += 1;
    } else if (inputTokens === undefined || outputTokens === undefined) {
      this.#answersWithoutUsage += 1;
    }
  }

  #endRecord(outcome: Outcome): void {
    this.#waiting.removeAll(outcome.record.id);
    this.#retrying.removeAll(outcome.record.id);
    this.#recentRecords.add(this.#clock.now());
    if (outcome.ok) {
      this.#records.ok += 1;
      if (outcome.answer.finish.unified === 'length') this.#records.truncated += 1;
      for (const code of outcome.answer.warnings ?? []) count(this.#warningsByCode, code);
      this.#recordLatency.add(outcome.effort.latencyMs);
      return;
    }
    this.#records.failed += 1;
    if ('error' in outcome.record) this.#records.inputErrors += 1;
    count(this.#failedByCode, outcome.error.code);
  }

  snapshot(): RunSummary {
    const now = this.#endedAt ?? this.#clock.now();
    const wallMs = Math.max(0, now - this.#startedAt);
    const ended = this.#records.ok + this.#records.failed;
    const perSecond = (amount: number): number => (wallMs === 0 ? 0 : (amount * 1000) / wallMs);
    return {
      wallMs,
      records: { ...this.#records },
      earlier: { ...this.#earlier },
      saved: { ...this.#saved },
      failedByCode: { ...this.#failedByCode },
      warningsByCode: { ...this.#warningsByCode },
      attempts: this.#attempts,
      retries: this.#retries,
      retriesByCode: { ...this.#retriesByCode },
      rateLimited: this.#rateLimited,
      pauses: this.#pauses.count + this.#pausesOfOne,
      pausedMs: this.#pauses.pausedMs(now),
      tokens: {
        input: this.#inputTokens,
        output: this.#outputTokens,
        answersWithoutUsage: this.#answersWithoutUsage,
      },
      cost: this.#cost?.summary(),
      endpoints: this.#endpoints.summary(),
      ...this.#rightNow(now),
      attemptLatency: this.#attemptLatency.percentiles(),
      recordLatency: this.#recordLatency.percentiles(),
      streamed: this.#streams.summary(),
      requestsPerSecond: perSecond(this.#attempts),
      recordsPerSecond: perSecond(ended),
      recentRequestsPerSecond: this.#recentRequests.perSecond(now),
      recentRecordsPerSecond: this.#recentRecords.perSecond(now),
      stopped: this.#stopped && {
        code: this.#stopped.code,
        message: this.#stopped.message,
        hint: this.#stopped.hint,
      },
    };
  }

  /** Once the run stops nothing is sent any more, so nothing waits; after its end nothing is in flight. */
  #rightNow(
    now: number,
  ): Pick<RunSummary, 'inFlight' | 'waiting' | 'retrying' | 'pauseLeftMs' | 'limitedBy'> {
    const ended = this.#endedAt !== undefined;
    const sends = !ended && this.#stopped === undefined;
    return {
      inFlight: ended ? 0 : this.#attempts - this.#attemptsEnded,
      waiting: sends ? this.#waiting.size : 0,
      retrying: sends ? this.#retrying.size : 0,
      pauseLeftMs: sends ? this.#pauses.leftMs(now) : 0,
      limitedBy: sends ? this.#limitedBy : 'none',
    };
  }
}

function count<Code extends string>(counts: Partial<Record<Code, number>>, code: Code): void {
  counts[code] = (counts[code] ?? 0) + 1;
}
