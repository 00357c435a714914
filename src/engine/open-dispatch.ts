import PQueue from 'p-queue';
import type { Clock, Random } from '../core/clock.ts';
import type { Emit } from '../core/events.ts';
import type { LimitUseStore } from '../core/limit-use.ts';
import type { CostOf } from '../core/money.ts';
import type { Provider } from '../core/request.ts';
import { BottleneckTeller } from './bottleneck-teller.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import type { DispatchParts } from './complete/dispatch.ts';
import type { AdaptiveConcurrency } from './concurrency/adaptive-concurrency.ts';
import { SteerQueue } from './concurrency/steer-queue.ts';
import { CostEstimator } from './limiter/cost-estimator.ts';
import { LearntLimits, LONGEST_LEARNT_MS } from './limiter/learnt-limits.ts';
import { limitSpent } from './limiter/limit-spent.ts';
import { Limiter } from './limiter/limiter.ts';
import { Pauses } from './limiter/pauses.ts';
import type { QuotaOptions } from './limiter/quota.ts';
import type { StopSwitch } from './run-control.ts';

export interface EndpointSettings {
  /** Most requests in flight, or what finds that out. */
  readonly concurrency: number | AdaptiveConcurrency;
  readonly limits: readonly QuotaOptions[];
  /** Longest time of one attempt, in ms. */
  readonly timeoutMs: number;
  /** Longest silence of an answer that has begun, in ms; missing where answers are not streamed. */
  readonly idleTimeoutMs?: number | undefined;
  /** Longest wait that the endpoint may ask for, or that a limit by the day may take, in ms. */
  readonly maxRetryWaitMs: number;
  /** Attempts in a row that may fail by the endpoint's fault before it counts as down; default: any number. */
  readonly maxConsecutiveFailures?: number | undefined;
}

export interface OpenDispatchParts {
  readonly provider: Provider;
  readonly settings: EndpointSettings;
  readonly control: StopSwitch;
  /** Aborts when the whole run stops. */
  readonly stopSignal: AbortSignal;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  /** Missing where the price is unknown. */
  readonly costOf?: CostOf | undefined;
  /** What other runs have taken from limits that outlast a run. Default: nothing. */
  readonly uses?: LimitUseStore | undefined;
  readonly isOneOfSeveral?: boolean | undefined;
}

/** All that the requests of one endpoint go through at last: its queue, its limits, its pauses. */
export function openDispatch(parts: OpenDispatchParts): DispatchParts {
  const { provider, settings, control, stopSignal, clock, random, emit, costOf } = parts;
  const { concurrency, maxRetryWaitMs, timeoutMs, idleTimeoutMs } = settings;
  const fixed = typeof concurrency === 'number';
  const queue = new PQueue({ concurrency: fixed ? concurrency : concurrency.limit });
  const limiter = new Limiter({
    ...{ clock, limits: settings.limits, earlier: parts.uses?.earlier },
    onLongWait: (wait) => {
      if (wait.ms > maxRetryWaitMs) control.stop(limitSpent(wait, maxRetryWaitMs, clock));
      return control.reason !== undefined;
    },
  });
  parts.uses?.follow(() => limiter.uses());
  stopSignal.addEventListener('abort', () => limiter.stop(stopSignal.reason), { once: true });
  const given = new Set(
    settings.limits.filter(({ windowMs }) => windowMs <= LONGEST_LEARNT_MS).map(({ unit }) => unit),
  );
  return {
    ...{ provider, queue, limiter, control, clock, emit, timeoutMs, idleTimeoutMs, maxRetryWaitMs, costOf },
    bottleneck: new BottleneckTeller({ limiter, queue, emit }),
    breaker: new CircuitBreaker({
      clock,
      limit: settings.maxConsecutiveFailures,
      isOneOfSeveral: parts.isOneOfSeveral,
    }),
    pauses: new Pauses({ limiter, clock, random, emit }),
    limits: new LearntLimits({ limiter, clock, emit, given }),
    estimator: new CostEstimator(() => limiter.countsTokens, provider.counting),
    steer: fixed ? undefined : new SteerQueue({ adaptive: concurrency, queue, emit }),
  };
}
