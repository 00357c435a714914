import { Events, type RunEvents } from '../../../src/core/events.ts';
import type { CostOf } from '../../../src/core/money.ts';
import type { InputRow } from '../../../src/core/record.ts';
import type { CommonSettings } from '../../../src/engine/build-complete.ts';
import { buildSpread, type EndpointParts } from '../../../src/engine/build-spread.ts';
import { FailureLimit } from '../../../src/engine/failure-limit.ts';
import type { QuotaOptions } from '../../../src/engine/limiter/quota.ts';
import { runBatch } from '../../../src/engine/run-batch.ts';
import { RunControl } from '../../../src/engine/run-control.ts';
import { single } from '../../../src/engine/task/single.ts';
import { type Script, ScriptedProvider } from '../../helpers/scripted-provider.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { RecordingSink } from './recording-sink.ts';
import { ArraySource, plainPrompt } from './records.ts';
import { seededRandom } from './seeded-random.ts';

export interface TestEndpoint {
  readonly concurrency?: number;
  readonly limits?: readonly QuotaOptions[];
  readonly weight?: number;
  readonly model?: string;
  readonly costOf?: CostOf;
  /** `clock` is that of the run. */
  readonly script?: (clock: VirtualClock) => Script;
}

export interface SeveralOptions {
  readonly rows: readonly InputRow[];
  readonly endpoints: Readonly<Record<string, TestEndpoint>>;
  readonly fallback?: Readonly<Record<string, TestEndpoint>>;
  readonly settings?: Partial<CommonSettings>;
  readonly window?: number;
  readonly recordDeadlineMs?: number;
}

const SETTINGS: CommonSettings = {
  ...{ maxAttempts: 6, maxRateLimitAttempts: 50, timeoutMs: 120_000, maxRetryWaitMs: 900_000 },
  maxConsecutiveFailures: 50,
};

/** A run with several endpoints, joined as a run joins it, in virtual time. */
export async function runSeveral(options: SeveralOptions) {
  const clock = new VirtualClock();
  const events = new Events();
  const control = new RunControl({ clock, graceMs: 10_000 });
  const providers = new Map<string, ScriptedProvider>();
  const open = (given: SeveralOptions['endpoints'] = {}): EndpointParts[] =>
    Object.entries(given).map(([name, endpoint]) => {
      const provider = new ScriptedProvider(clock, endpoint.script?.(clock));
      providers.set(name, provider);
      const { concurrency = 4, limits = [], weight = 1, model = name, costOf } = endpoint;
      return { name, weight, model, provider, costOf, settings: { concurrency, limits } };
    });
  const endpoints = open(options.endpoints);
  const sink = new RecordingSink(clock);
  const states: RunEvents['endpointState'][] = [];
  events.on('endpointState', (event) => states.push(event));
  const ends: RunEvents['attemptEnd'][] = [];
  events.on('attemptEnd', (event) => ends.push(event));
  const complete = buildSpread({
    ...{ endpoints, fallback: open(options.fallback), control, clock, emit: events.emit },
    random: seededRandom(1),
    settings: { ...SETTINGS, ...options.settings },
  });
  const slots = endpoints.reduce((sum, { settings }) => sum + Number(settings.concurrency), 0);
  const end = await clock.until(
    runBatch({
      ...{ source: new ArraySource(options.rows), sink, complete, control, clock, emit: events.emit },
      task: single(plainPrompt),
      failureLimit: new FailureLimit(undefined),
      window: options.window ?? slots * 4,
      recordDeadlineMs: options.recordDeadlineMs,
    }),
  );
  const arrivals = (name: string) => providers.get(name)?.arrivals ?? [];
  const outcomes = [...sink.outcomes].sort((a, b) => a.record.index - b.record.index);
  return { clock, end, outcomes, states, ends, arrivals, skipped: sink.skipped };
}
