import type PQueue from 'p-queue';
import type { Clock } from '../../core/clock.ts';
import { AppError, ProviderError } from '../../core/errors.ts';
import type { Emit } from '../../core/events.ts';
import { failureRule } from '../../core/failures.ts';
import type { CostOf } from '../../core/money.ts';
import type { Completion, CompletionRequest, Provider, Usage } from '../../core/request.ts';
import type { BottleneckTeller } from '../bottleneck-teller.ts';
import type { SteerQueue } from '../concurrency/steer-queue.ts';
import type { CostEstimator } from '../limiter/cost-estimator.ts';
import type { LearntLimits } from '../limiter/learnt-limits.ts';
import type { Limiter, Permit } from '../limiter/limiter.ts';
import { type Pauses, pausesRun } from '../limiter/pauses.ts';
import type { RunControl } from '../run-control.ts';
import { makeAttempt } from './attempt.ts';
import type { Call, Complete } from './complete.ts';

export interface DispatchParts {
  readonly provider: Provider;
  readonly queue: PQueue;
  readonly limiter: Limiter;
  readonly pauses: Pauses;
  readonly bottleneck: BottleneckTeller;
  readonly limits: LearntLimits;
  readonly estimator: CostEstimator;
  readonly control: RunControl;
  readonly clock: Clock;
  /** Longest time of one attempt, in ms. */
  readonly timeoutMs: number;
  /** Longest wait that the endpoint may ask for, in ms. */
  readonly maxRetryWaitMs: number;
  readonly costOf?: CostOf | undefined;
  /** Missing where the concurrency is fixed. */
  readonly steer?: SteerQueue | undefined;
  readonly emit: Emit;
}

/**
 * The innermost `complete`: a slot of the queue, then rate capacity, then one attempt. Capacity is taken
 * last, so that it is spent at the moment at which it is counted and no window at the endpoint
 * ever holds more than the limit.
 */
export function dispatch(parts: DispatchParts): Complete {
  return (request, call) => {
    parts.emit('waiting', { id: call.id });
    const completion = inTurn(parts, request, call);
    parts.bottleneck.update();
    return completion;
  };
}

/** Takes a slot in its turn. A record whose deadline passes before does not wait for it. */
function inTurn(parts: DispatchParts, request: CompletionRequest, call: Call): Promise<Completion> {
  const { queue } = parts;
  const { priority, deadline } = call;
  if (deadline === undefined) return queue.add(() => send(parts, request, call), { priority });
  return new Promise((resolve, reject) => {
    const offPass = deadline.onPass(reject);
    const begin = (): Promise<Completion> => {
      offPass();
      return send(parts, request, call);
    };
    queue.add(begin, { priority }).then(resolve, reject);
  });
}

async function send(parts: DispatchParts, request: CompletionRequest, call: Call): Promise<Completion> {
  const { limiter, estimator, control, clock, emit } = parts;
  control.throwIfStopped();
  call.deadline?.throwIfPassed();
  const cost = estimator.estimate(request);
  const permit = limiter.tryAcquire(cost) ?? (await limiter.acquire(cost, call.deadline));
  if (control.reason !== undefined) {
    permit.release();
    throw control.reason;
  }
  const number = call.effort.begin();
  call.deadline?.begin();
  call.onSend?.();
  const sentAt = clock.now();
  parts.steer?.sent(sentAt);
  emit('attempt', { id: call.id, number, at: sentAt });
  try {
    const completion = await makeAttempt(parts, request, call.deadline);
    took(parts, { permit, request, sentAt }, completion);
    ended(parts, call, { number, sentAt, usage: completion.usage });
    return completion;
  } catch (error) {
    const failure = error instanceof ProviderError ? error : undefined;
    const now = clock.now();
    parts.steer?.failed(now, now - sentAt, failure);
    if (failure !== undefined) settleFailure(permit, failure);
    ended(parts, call, { number, sentAt, usage: failure?.usage ?? {}, error: failure });
    if (failure !== undefined) heed(parts, failure, sentAt);
    throw error;
  }
}

interface Sent {
  readonly permit: Permit;
  readonly request: CompletionRequest;
  readonly sentAt: number;
}

function took(parts: DispatchParts, { permit, request, sentAt }: Sent, completion: Completion): void {
  permit.settle(completion.usage);
  parts.estimator.learn(request, completion.usage);
  parts.pauses.succeeded(sentAt);
  const now = parts.clock.now();
  parts.steer?.answered(now, now - sentAt, request, completion);
  if (completion.limits !== undefined) parts.limits.heard(completion.limits);
}

function ended(
  { bottleneck, clock, costOf, emit }: DispatchParts,
  call: Call,
  end: {
    readonly number: number;
    readonly sentAt: number;
    readonly usage: Usage;
    readonly error?: ProviderError | undefined;
  },
): void {
  const at = clock.now();
  bottleneck.update();
  const costUsd = costOf?.(end.usage);
  call.effort.addUsage(end.usage, costUsd);
  emit('attemptEnd', {
    id: call.id,
    number: end.number,
    at,
    ms: at - end.sentAt,
    usage: end.usage,
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(end.error === undefined ? {} : { error: end.error }),
  });
}

/** A rejected request has used no tokens; of any other failure the estimate stands. */
function settleFailure(permit: Permit, error: ProviderError): void {
  if (error.usage !== undefined) permit.settle(error.usage);
  else if (error.code === 'rate_limited') permit.settle({ inputTokens: 0, outputTokens: 0 });
}

/** What a failure means for the others: decided before its slot is free, so that nobody runs into the same. */
function heed(parts: DispatchParts, error: ProviderError, sentAt: number): void {
  const { control, pauses, maxRetryWaitMs } = parts;
  if (failureRule(error.code).scope === 'run') {
    control.stop(error);
    control.throwIfStopped();
  }
  if (!pausesRun(error)) return;
  pauses.report(error, sentAt);
  const { retryAfterMs = 0 } = error;
  if (retryAfterMs <= maxRetryWaitMs) return;
  control.stop(waitTooLong(retryAfterMs, maxRetryWaitMs, error));
  control.throwIfStopped();
}

function waitTooLong(waitMs: number, mostMs: number, cause: ProviderError): AppError {
  const seconds = (ms: number): number => Math.ceil(ms / 1000);
  return new AppError(
    'retry_wait_too_long',
    `the endpoint asks to wait ${seconds(waitMs)} s, more than --max-retry-wait (${seconds(mostMs)} s)`,
    { hint: 'run the same command again later', cause },
  );
}
