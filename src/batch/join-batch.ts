import type { Clock, Random } from '../core/clock.ts';
import type { Emit } from '../core/events.ts';
import type { LimitUseStore } from '../core/limit-use.ts';
import type { Sink } from '../core/outcome.ts';
import type { Source } from '../core/record.ts';
import type { Provider } from '../core/request.ts';
import type { BudgetSettings } from '../engine/budget/open-budget.ts';
import { buildComplete, type CommonSettings, type ReuseParts } from '../engine/build-complete.ts';
import { buildSpread, type EndpointParts } from '../engine/build-spread.ts';
import type { Complete } from '../engine/complete/complete.ts';
import type { FromBatch } from '../engine/complete/from-batch.ts';
import type { OnTruncated } from '../engine/complete/on-truncated.ts';
import { FailureLimit, type FailureLimitOptions } from '../engine/failure-limit.ts';
import { type BatchEnd, runBatch } from '../engine/run-batch.ts';
import type { RunControl } from '../engine/run-control.ts';
import { startRunDeadline } from '../engine/run-deadline.ts';
import type { Billing } from './billing.ts';
import { buildTask, type TaskRooms, type TaskSettings } from './build-task.ts';
import { type Concurrency, concurrencyOf, type LimitSettings, limitsOf } from './limit-settings.ts';

/** What of the configuration concerns the engine. Times in ms. */
export interface BatchSettings extends TaskSettings, LimitSettings {
  readonly window?: number | undefined;
  readonly ordered: boolean;
  readonly maxAttempts: number;
  readonly maxRateLimitAttempts: number;
  readonly timeout: number;
  /** Answers are streamed. */
  readonly stream?: boolean | undefined;
  readonly idleTimeout?: number | undefined;
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

/** One of several endpoints. */
export interface BatchEndpoint {
  /** Tells it from the others, in rows and words. */
  readonly name: string;
  readonly weight: number;
  readonly model: string;
  /** The model in requests that it takes the place of; default: any. */
  readonly replaces?: string | undefined;
  readonly provider: Provider;
  readonly billing: Billing;
  readonly settings: LimitSettings;
  /** What other runs have taken from its limits by the day. */
  readonly uses?: LimitUseStore | undefined;
}

export interface BatchEndpoints {
  /** Share the work. */
  readonly main: readonly BatchEndpoint[];
  /** Are asked where those refuse a text, or are gone. */
  readonly fallback: readonly BatchEndpoint[];
  readonly fallbackReuse?: ReuseParts | undefined;
}

export interface BatchRooms extends TaskRooms {
  readonly settings: BatchSettings;
  readonly source: Source;
  readonly provider: Provider;
  /** In place of `provider`, its limits and its billing, where there are several. */
  readonly endpoints?: BatchEndpoints | undefined;
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
  /** What a batch has answered already. Default: nothing. */
  readonly fromBatch?: FromBatch | undefined;
  /** What other runs have taken from the limits by the day. Default: nothing. */
  readonly uses?: LimitUseStore | undefined;
}

/** Open records for each request in flight: enough that a slot never waits for the reader. */
const WINDOW = 4;
/** In input order one slow record holds back those behind it; a wider window keeps the slots busy. */
const ORDERED_WINDOW = 16;

const FREE: Billing = { billed: false };

/** Runs a batch through all rooms to its end. */
export async function joinBatch(rooms: BatchRooms): Promise<BatchEnd> {
  const { settings, source, sink, control, clock, emit } = rooms;
  const { complete, concurrencies } =
    rooms.endpoints === undefined ? one(rooms) : several(rooms, rooms.endpoints);
  const most = (): number => sum(concurrencies.map((each) => (typeof each === 'number' ? each : each.limit)));
  const factor = settings.ordered ? ORDERED_WINDOW : WINDOW;
  const task = buildTask(rooms, settings, breadthOf(concurrencies, rooms));
  const { fromBatch } = rooms;
  const cancelDeadline = startRunDeadline(control, clock, settings.deadline);
  const end = await runBatch({
    ...{ source, sink, control, clock, emit },
    complete: fromBatch?.complete(complete) ?? complete,
    task: fromBatch?.task(task) ?? task,
    failureLimit: new FailureLimit(settings.maxFailures),
    window: settings.window ?? (() => most() * factor),
    recordDeadlineMs: settings.recordDeadline,
  });
  cancelDeadline();
  await rooms.uses?.close();
  return end;
}

interface Joined {
  readonly complete: Complete;
  readonly concurrencies: readonly Concurrency[];
}

function one(rooms: BatchRooms): Joined {
  const { settings, provider, control, clock, random, emit, billing = FREE } = rooms;
  const concurrency = concurrencyOf(settings);
  const complete = buildComplete({
    ...{ provider, control, clock, random, emit },
    costOf: billing.costOf,
    ...{ reuse: rooms.reuse, uses: rooms.uses },
    settings: { ...commonSettings(rooms, billing.billed), concurrency, limits: limitsOf(settings) },
  });
  return { complete, concurrencies: [concurrency] };
}

function several(rooms: BatchRooms, { main, fallback, fallbackReuse }: BatchEndpoints): Joined {
  const { control, clock, random, emit, reuse } = rooms;
  const isBilled = [...main, ...fallback].some(({ billing }) => billing.billed);
  const [endpoints, others] = [main.map(toEndpoint), fallback.map(toEndpoint)];
  const complete = buildSpread({
    ...{ endpoints, fallback: others, control, clock, random, emit, reuse, fallbackReuse },
    settings: commonSettings(rooms, isBilled),
  });
  return { complete, concurrencies: endpoints.map((endpoint) => endpoint.settings.concurrency) };
}

function toEndpoint({ settings, billing, ...endpoint }: BatchEndpoint): EndpointParts {
  return {
    ...endpoint,
    settings: { concurrency: concurrencyOf(settings), limits: limitsOf(settings) },
    costOf: billing.billed ? billing.costOf : () => 0,
  };
}

function commonSettings({ settings, spent }: BatchRooms, isBilled: boolean): CommonSettings {
  return {
    maxAttempts: settings.maxAttempts,
    maxRateLimitAttempts: settings.maxRateLimitAttempts,
    timeoutMs: settings.timeout,
    idleTimeoutMs: settings.stream ? settings.idleTimeout : undefined,
    maxRetryWaitMs: settings.maxRetryWait,
    maxConsecutiveFailures: settings.maxConsecutiveFailures,
    onTruncated: settings.onTruncated,
    budget: budgetOf(settings, isBilled, spent),
  };
}

/** Most parts of one text that are worked at at once. */
function breadthOf(concurrencies: readonly Concurrency[], { settings, endpoints }: BatchRooms): number {
  const most = endpoints?.main.map((endpoint) => endpoint.settings.maxConcurrency) ?? [
    settings.maxConcurrency,
  ];
  return sum(concurrencies.map((each, at) => (typeof each === 'number' ? each : (most[at] ?? 0))));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Where nothing is billed, any limit in USD is kept by itself. */
function budgetOf(
  { maxCost, maxTokensTotal }: BatchSettings,
  billed: boolean,
  spent: EarlierSpent | undefined,
): BudgetSettings {
  return {
    maxCostUsd: billed ? maxCost : undefined,
    maxTokens: maxTokensTotal,
    spent: spent && { usd: spent.costUsd, tokens: spent.inputTokens + spent.outputTokens },
  };
}
