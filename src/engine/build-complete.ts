import PQueue from 'p-queue';
import type { AnswerStore, PartStore } from '../core/answer-store.ts';
import type { Clock, Random } from '../core/clock.ts';
import type { Emit } from '../core/events.ts';
import type { LimitUseStore } from '../core/limit-use.ts';
import type { CostOf } from '../core/money.ts';
import type { Provider } from '../core/request.ts';
import { BottleneckTeller } from './bottleneck-teller.ts';
import { Forecast } from './budget/forecast.ts';
import { type BudgetSettings, openBudget } from './budget/open-budget.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { adapting } from './complete/adapting.ts';
import { withinBudget } from './complete/budget.ts';
import { cached } from './complete/cached.ts';
import { checkAnswer } from './complete/check-answer.ts';
import type { Complete } from './complete/complete.ts';
import { dedupe } from './complete/dedupe.ts';
import { dispatch } from './complete/dispatch.ts';
import { keptParts } from './complete/kept-parts.ts';
import { type OnTruncated, onTruncated } from './complete/on-truncated.ts';
import type { KeyOf } from './complete/request-key.ts';
import { retry } from './complete/retry.ts';
import { stripThinking } from './complete/strip-thinking.ts';
import type { AdaptiveConcurrency } from './concurrency/adaptive-concurrency.ts';
import { SteerQueue } from './concurrency/steer-queue.ts';
import { CostEstimator } from './limiter/cost-estimator.ts';
import { LearntLimits, LONGEST_LEARNT_MS } from './limiter/learnt-limits.ts';
import { limitSpent } from './limiter/limit-spent.ts';
import { Limiter } from './limiter/limiter.ts';
import { Pauses } from './limiter/pauses.ts';
import type { QuotaOptions } from './limiter/quota.ts';
import { RetryPolicy } from './retry-policy.ts';
import type { RunControl } from './run-control.ts';

export interface CompleteSettings {
  /** Most requests in flight, or what finds that out. */
  readonly concurrency: number | AdaptiveConcurrency;
  readonly limits: readonly QuotaOptions[];
  readonly maxAttempts: number;
  readonly maxRateLimitAttempts: number;
  /** Longest time of one attempt, in ms. */
  readonly timeoutMs: number;
  /** Longest wait that the endpoint may ask for, or that a limit by the day may take, in ms. */
  readonly maxRetryWaitMs: number;
  /** Attempts in a row that may fail by the endpoint's fault before it counts as down; default: any number. */
  readonly maxConsecutiveFailures?: number | undefined;
  readonly budget?: BudgetSettings;
  /** Default: keep. */
  readonly onTruncated?: OnTruncated | undefined;
}

/** How answers are used again. */
export interface ReuseParts {
  readonly keyOf: KeyOf;
  /** Identical requests of the run are sent once. */
  readonly dedupe: boolean;
  /** Answers of other runs. */
  readonly store?: AnswerStore | undefined;
  /** Answers about parts of texts that have no row yet. */
  readonly parts?: PartStore | undefined;
}

export interface CompleteParts {
  readonly provider: Provider;
  readonly settings: CompleteSettings;
  readonly control: RunControl;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  /** Missing where the price is unknown. */
  readonly costOf?: CostOf | undefined;
  /** Default: every request is sent. */
  readonly reuse?: ReuseParts | undefined;
  /** What other runs have taken from limits that outlast a run. Default: nothing. */
  readonly uses?: LimitUseStore | undefined;
}

/** Joins the stack through which every request of one endpoint goes: parts, cache, dedupe, cut answers, retry, check, thinking, adapting, budget, dispatch. */
export function buildComplete(parts: CompleteParts): Complete {
  const { provider, settings, control, clock, random, emit, costOf } = parts;
  const { concurrency } = settings;
  const fixed = typeof concurrency === 'number';
  const queue = new PQueue({ concurrency: fixed ? concurrency : concurrency.limit });
  const limiter = new Limiter({
    ...{ clock, limits: settings.limits, earlier: parts.uses?.earlier },
    onLongWait: (wait) => {
      const { maxRetryWaitMs } = settings;
      if (wait.ms > maxRetryWaitMs) control.stop(limitSpent(wait, maxRetryWaitMs, clock));
      return control.reason !== undefined;
    },
  });
  parts.uses?.follow(() => limiter.uses());
  const bottleneck = new BottleneckTeller({ limiter, queue, emit });
  control.stopSignal.addEventListener('abort', () => limiter.stop(control.stopSignal.reason), { once: true });
  const given = new Set(
    settings.limits.filter(({ windowMs }) => windowMs <= LONGEST_LEARNT_MS).map(({ unit }) => unit),
  );
  const breaker = new CircuitBreaker({ clock, limit: settings.maxConsecutiveFailures });
  const sent = dispatch({
    ...{ provider, queue, limiter, bottleneck, breaker, control, clock, emit },
    pauses: new Pauses({ limiter, clock, random, emit }),
    limits: new LearntLimits({ limiter, clock, emit, given }),
    estimator: new CostEstimator(() => limiter.countsTokens, provider.counting),
    timeoutMs: settings.timeoutMs,
    maxRetryWaitMs: settings.maxRetryWaitMs,
    costOf,
    steer: fixed ? undefined : new SteerQueue({ adaptive: concurrency, queue, emit }),
  });
  const budget = openBudget(settings.budget ?? {}, { costOf, control });
  const paid =
    budget === undefined ? sent : withinBudget(sent, { budget, forecast: new Forecast(), control });
  const policy = new RetryPolicy({ ...settings, random, isOutage: (error) => breaker.isOutage(error) });
  const asked = retry(checkAnswer(stripThinking(adapting(paid, emit))), { policy, control, clock, emit });
  const whole = onTruncated(asked, settings.onTruncated ?? 'keep');
  return parts.reuse === undefined ? whole : reusing(whole, parts.reuse, emit);
}

function reusing(asked: Complete, reuse: ReuseParts, emit: Emit): Complete {
  const { keyOf, dedupe: once, store, parts } = reuse;
  // Within a run the settings are the same for all: a hash of the content that is there already will do.
  const within: KeyOf = (request) => request.document.contentHash ?? keyOf(request);
  const deduped = once ? dedupe(asked, { keyOf: within, emit }) : asked;
  const stored = store === undefined ? deduped : cached(deduped, { keyOf, store, emit });
  return parts === undefined ? stored : keptParts(stored, { keyOf, store: parts, emit });
}
