import { Events, type RunEvents } from '../../../src/core/events.ts';
import type { LimitUseStore } from '../../../src/core/limit-use.ts';
import type { CostOf } from '../../../src/core/money.ts';
import type { InputRow } from '../../../src/core/record.ts';
import type { Prompt } from '../../../src/core/request.ts';
import { buildComplete, type CompleteSettings, type ReuseParts } from '../../../src/engine/build-complete.ts';
import { FailureLimit, type FailureLimitOptions } from '../../../src/engine/failure-limit.ts';
import { type BatchEnd, runBatch } from '../../../src/engine/run-batch.ts';
import { RunControl } from '../../../src/engine/run-control.ts';
import { single } from '../../../src/engine/task/single.ts';
import { type Script, ScriptedProvider } from '../../helpers/scripted-provider.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { RecordingSink, type RecordingSinkOptions } from './recording-sink.ts';
import { ArraySource, type ArraySourceOptions, plainPrompt } from './records.ts';
import { seededRandom } from './seeded-random.ts';

export interface EngineOptions extends Partial<CompleteSettings> {
  readonly rows: readonly InputRow[];
  readonly script?: Script;
  readonly window?: number;
  readonly graceMs?: number;
  readonly maxFailures?: FailureLimitOptions;
  readonly sink?: RecordingSinkOptions;
  readonly source?: ArraySourceOptions;
  readonly prompt?: Prompt;
  readonly seed?: number;
  readonly clock?: VirtualClock;
  readonly costOf?: CostOf;
  readonly recordDeadlineMs?: number;
  readonly reuse?: ReuseParts;
  readonly uses?: LimitUseStore;
}

/** The whole engine, joined as a run joins it, between an array and an array. */
export function startEngine(options: EngineOptions) {
  const clock = options.clock ?? new VirtualClock();
  const events = new Events();
  const control = new RunControl({ clock, graceMs: options.graceMs ?? 10_000 });
  const provider = new ScriptedProvider(clock, options.script);
  const source = new ArraySource(options.rows, options.source);
  const sink = new RecordingSink(clock, options.sink);
  const settings = settingsOf(options);
  const random = seededRandom(options.seed ?? 1);
  const { costOf, recordDeadlineMs } = options;
  const complete = buildComplete({
    ...{ provider, settings, control, clock, random, emit: events.emit, costOf },
    ...{ reuse: options.reuse, uses: options.uses },
  });
  const seen = record(events);
  const start = (): Promise<BatchEnd> =>
    runBatch({
      ...{ source, sink, complete, control, clock, emit: events.emit },
      task: single(options.prompt ?? plainPrompt),
      failureLimit: new FailureLimit(options.maxFailures),
      window: options.window ?? (() => mostInFlight(settings) * 4),
      recordDeadlineMs,
    });
  return { clock, events, control, provider, source, sink, seen, start };
}

/** Runs it to its end in virtual time; fails where it would wait for ever. */
export async function runEngine(options: EngineOptions) {
  const engine = startEngine(options);
  const end = await engine.clock.until(engine.start());
  return { ...engine, end };
}

function mostInFlight({ concurrency }: CompleteSettings): number {
  return typeof concurrency === 'number' ? concurrency : concurrency.limit;
}

function settingsOf(options: EngineOptions): CompleteSettings {
  return {
    concurrency: options.concurrency ?? 4,
    limits: options.limits ?? [],
    maxAttempts: options.maxAttempts ?? 6,
    maxRateLimitAttempts: options.maxRateLimitAttempts ?? 50,
    timeoutMs: options.timeoutMs ?? 120_000,
    maxRetryWaitMs: options.maxRetryWaitMs ?? 900_000,
    maxConsecutiveFailures: options.maxConsecutiveFailures,
    ...(options.budget === undefined ? {} : { budget: options.budget }),
  };
}

function record(events: Events) {
  const seen = {
    attempts: [] as RunEvents['attempt'][],
    retries: [] as RunEvents['retry'][],
    pauses: [] as RunEvents['pause'][],
    bottlenecks: [] as RunEvents['bottleneck'][],
    limits: [] as RunEvents['limit'][],
    outcomes: [] as RunEvents['outcome'][],
    attemptEnds: [] as RunEvents['attemptEnd'][],
    saved: [] as RunEvents['saved'][],
  };
  events.on('attempt', (event) => seen.attempts.push(event));
  events.on('attemptEnd', (event) => seen.attemptEnds.push(event));
  events.on('retry', (event) => seen.retries.push(event));
  events.on('pause', (event) => seen.pauses.push(event));
  events.on('bottleneck', (event) => seen.bottlenecks.push(event));
  events.on('limit', (event) => seen.limits.push(event));
  events.on('outcome', (event) => seen.outcomes.push(event));
  events.on('saved', (event) => seen.saved.push(event));
  return seen;
}
