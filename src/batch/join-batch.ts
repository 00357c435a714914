import { flagName } from '../config/option-names.ts';
import type { Clock, Random } from '../core/clock.ts';
import type { Emit } from '../core/events.ts';
import type { LimitUseStore } from '../core/limit-use.ts';
import type { Sink } from '../core/outcome.ts';
import type { Source } from '../core/record.ts';
import type { Provider } from '../core/request.ts';
import type { BudgetSettings } from '../engine/budget/open-budget.ts';
import { buildComplete, type ReuseParts } from '../engine/build-complete.ts';
import type { OnTruncated } from '../engine/complete/on-truncated.ts';
import { AdaptiveConcurrency } from '../engine/concurrency/adaptive-concurrency.ts';
import { FailureLimit, type FailureLimitOptions } from '../engine/failure-limit.ts';
import type { QuotaOptions } from '../engine/limiter/quota.ts';
import { type BatchEnd, runBatch } from '../engine/run-batch.ts';
import type { RunControl } from '../engine/run-control.ts';
import { startRunDeadline } from '../engine/run-deadline.ts';
import type { Billing } from './billing.ts';
import { buildTask, type TaskRooms, type TaskSettings } from './build-task.ts';

/** What of the configuration concerns the engine. Times in ms. */
export interface BatchSettings extends TaskSettings {
  readonly concurrency: number | 'auto';
  /** Most that `auto` may try. */
  readonly maxConcurrency: number;
  readonly window?: number | undefined;
  readonly ordered: boolean;
  readonly rpm?: number | undefined;
  readonly tpm?: number | undefined;
  readonly inputTpm?: number | undefined;
  readonly outputTpm?: number | undefined;
  readonly rpd?: number | undefined;
  readonly tpd?: number | undefined;
  readonly maxAttempts: number;
  readonly maxRateLimitAttempts: number;
  readonly timeout: number;
  readonly maxRetryWait: number;
  readonly maxFailures?: FailureLimitOptions | undefined;
  readonly maxConsecutiveFailures?: number | undefined;
  /** USD. */
  readonly maxCost?: number | undefined;
  readonly maxTokensTotal?: number | undefined;
  readonly recordDeadline?: number | undefined;
  readonly deadline?: number | undefined;
  readonly onTruncated?: OnTruncated | undefined;
}

export interface EarlierSpent {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

export interface BatchRooms extends TaskRooms {
  readonly settings: BatchSettings;
  readonly source: Source;
  readonly provider: Provider;
  readonly sink: Sink;
  readonly control: RunControl;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  /** Default: nothing is billed. */
  readonly billing?: Billing | undefined;
  /** What earlier runs of the same job have spent of its budget. Default: nothing. */
  readonly spent?: EarlierSpent | undefined;
  /** Default: every request is sent. */
  readonly reuse?: ReuseParts | undefined;
  /** What other runs have taken from the limits by the day. Default: nothing. */
  readonly uses?: LimitUseStore | undefined;
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
] as const satisfies readonly (readonly [keyof BatchSettings, QuotaOptions['unit'], number])[];
/** Open records for each request in flight: enough that a slot never waits for the reader. */
const WINDOW = 4;
/** In input order one slow record holds back those behind it; a wider window keeps the slots busy. */
const ORDERED_WINDOW = 16;

/** In flight at first with `auto`: what a small server of one's own bears. */
const START = 8;

const FREE: Billing = { billed: false };

/** Runs a batch through all rooms to its end. */
export async function joinBatch(rooms: BatchRooms): Promise<BatchEnd> {
  const { settings, source, provider, sink, control, clock, random, emit, billing = FREE } = rooms;
  const concurrency = concurrencyOf(settings);
  const complete = buildComplete({
    ...{ provider, control, clock, random, emit },
    costOf: billing.costOf,
    ...{ reuse: rooms.reuse, uses: rooms.uses },
    settings: {
      concurrency,
      limits: limitsOf(settings),
      maxAttempts: settings.maxAttempts,
      maxRateLimitAttempts: settings.maxRateLimitAttempts,
      timeoutMs: settings.timeout,
      maxRetryWaitMs: settings.maxRetryWait,
      maxConsecutiveFailures: settings.maxConsecutiveFailures,
      onTruncated: settings.onTruncated,
      budget: budgetOf(settings, billing, rooms.spent),
    },
  });
  const cancelDeadline = startRunDeadline(control, clock, settings.deadline);
  const end = await runBatch({
    ...{ source, complete, sink, control, clock, emit },
    task: buildTask(rooms, settings, typeof concurrency === 'number' ? concurrency : settings.maxConcurrency),
    failureLimit: new FailureLimit(settings.maxFailures),
    window: settings.window ?? windowFor(concurrency, settings.ordered ? ORDERED_WINDOW : WINDOW),
    recordDeadlineMs: settings.recordDeadline,
  });
  cancelDeadline();
  await rooms.uses?.close();
  return end;
}

function concurrencyOf({ concurrency, maxConcurrency }: BatchSettings): number | AdaptiveConcurrency {
  if (concurrency !== 'auto') return concurrency;
  return new AdaptiveConcurrency({ start: START, most: maxConcurrency });
}

function windowFor(concurrency: number | AdaptiveConcurrency, factor: number): number | (() => number) {
  return typeof concurrency === 'number' ? concurrency * factor : () => concurrency.limit * factor;
}

/** Where nothing is billed, any limit in USD is kept by itself. */
function budgetOf(
  { maxCost, maxTokensTotal }: BatchSettings,
  { billed }: Billing,
  spent: EarlierSpent | undefined,
): BudgetSettings {
  return {
    maxCostUsd: billed ? maxCost : undefined,
    maxTokens: maxTokensTotal,
    spent: spent && { usd: spent.costUsd, tokens: spent.inputTokens + spent.outputTokens },
  };
}

function limitsOf(settings: BatchSettings): QuotaOptions[] {
  return LIMITS.flatMap(([key, unit, windowMs]) => {
    const limit = settings[key];
    return limit === undefined ? [] : [{ unit, limit, windowMs, name: flagName(key) }];
  });
}
