import type { AnswerStore, PartStore } from '../core/answer-store.ts';
import type { Clock, Random } from '../core/clock.ts';
import type { Emit } from '../core/events.ts';
import type { LimitUseStore } from '../core/limit-use.ts';
import type { CostOf } from '../core/money.ts';
import type { Provider } from '../core/request.ts';
import { Forecast } from './budget/forecast.ts';
import { type BudgetSettings, openBudget } from './budget/open-budget.ts';
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
import { type EndpointSettings, openDispatch } from './open-dispatch.ts';
import { RetryPolicy } from './retry-policy.ts';
import type { RunControl } from './run-control.ts';

/** What of the settings is the same for all endpoints of a run. */
export interface CommonSettings extends Omit<EndpointSettings, 'concurrency' | 'limits'> {
  readonly maxAttempts: number;
  readonly maxRateLimitAttempts: number;
  readonly budget?: BudgetSettings;
  /** Default: keep. */
  readonly onTruncated?: OnTruncated | undefined;
}

export type CompleteSettings = CommonSettings & EndpointSettings;

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

/** What a run has in common, however many endpoints it has. */
export interface CommonParts {
  readonly control: RunControl;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  /** Missing where the price is unknown. */
  readonly costOf?: CostOf | undefined;
  /** Default: every request is sent. */
  readonly reuse?: ReuseParts | undefined;
}

export interface CompleteParts extends CommonParts {
  readonly provider: Provider;
  readonly settings: CompleteSettings;
  /** What other runs have taken from limits that outlast a run. Default: nothing. */
  readonly uses?: LimitUseStore | undefined;
}

/** Joins the stack through which every request of one endpoint goes: parts, cache, dedupe, cut answers, retry, check, thinking, adapting, budget, dispatch. */
export function buildComplete(parts: CompleteParts): Complete {
  const { settings, control, clock, emit } = parts;
  const dispatchParts = openDispatch({ ...parts, stopSignal: control.stopSignal });
  const paid = budgeted(parts, settings)(dispatch(dispatchParts));
  const { breaker } = dispatchParts;
  const policy = new RetryPolicy({
    ...settings,
    random: parts.random,
    isOutage: (error) => breaker.isOutage(error),
  });
  const asked = retry(checkAnswer(stripThinking(adapting(paid, emit))), { policy, control, clock, emit });
  return reusing(onTruncated(asked, settings.onTruncated ?? 'keep'), parts.reuse, emit);
}

/** Opens the budget of a run, where it has one; what it returns holds a `complete` within it. */
export function budgeted(
  { costOf, control }: Pick<CommonParts, 'costOf' | 'control'>,
  settings: Pick<CommonSettings, 'budget'>,
): (next: Complete) => Complete {
  const budget = openBudget(settings.budget ?? {}, { costOf, control });
  if (budget === undefined) return (next) => next;
  const forecast = new Forecast();
  return (next) => withinBudget(next, { budget, forecast, control });
}

/** Answers from what is known already, as far as that is wanted. */
export function reusing(asked: Complete, reuse: ReuseParts | undefined, emit: Emit): Complete {
  if (reuse === undefined) return asked;
  const { keyOf, dedupe: once, store, parts } = reuse;
  // Within a run the settings are the same for all: a hash of the content that is there already will do.
  const within: KeyOf = (request) => request.document.contentHash ?? keyOf(request);
  const deduped = once ? dedupe(asked, { keyOf: within, emit }) : asked;
  const stored = store === undefined ? deduped : cached(deduped, { keyOf, store, emit });
  return parts === undefined ? stored : keptParts(stored, { keyOf, store: parts, emit });
}
