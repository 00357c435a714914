import type PQueue from 'p-queue';
import { ProviderError } from '../../core/errors.ts';
import type { Emit } from '../../core/events.ts';
import type { CostOf } from '../../core/money.ts';
import type { AnswerTiming, Completion, CompletionRequest, Provider, Usage } from '../../core/request.ts';
import type { BottleneckTeller } from '../bottleneck-teller.ts';
import type { SteerQueue } from '../concurrency/steer-queue.ts';
import type { Cost } from '../limiter/cost.ts';
import type { CostEstimator } from '../limiter/cost-estimator.ts';
import type { Limiter, Permit } from '../limiter/limiter.ts';
import { makeAttempt } from './attempt.ts';
import type { Call, Complete } from './complete.ts';
import { type HeedParts, heedFailure } from './heed-failure.ts';

export interface DispatchParts extends HeedParts {
  readonly provider: Provider;
  readonly queue: PQueue;
  readonly limiter: Limiter;
  readonly bottleneck: BottleneckTeller;
  readonly estimator: CostEstimator;
  /** Longest time of one attempt, in ms. */
  readonly timeoutMs: number;
  /** Longest silence of an answer that has begun, in ms; missing where answers are not streamed. */
  readonly idleTimeoutMs?: number | undefined;
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
  const send = dispatchNow(parts);
  return (request, call) => {
    parts.emit('waiting', { id: call.id });
    return send(request, call);
  };
}

/** The same for a request that has waited elsewhere until there was room. */
export function dispatchNow(parts: DispatchParts): Complete {
  return (request, call) => {
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
  const permit = limiter.tryAcquire(cost) ?? (await inLimits(parts, cost, call));
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
    const { usage, timing } = completion;
    ended(parts, call, { number, sentAt, usage, timing });
    return completion;
  } catch (error) {
    const failure = error instanceof ProviderError ? error : undefined;
    const now = clock.now();
    parts.steer?.failed(now, now - sentAt, failure);
    settleFailure(parts, { permit, request, sentAt }, failure);
    ended(parts, call, { number, sentAt, usage: failure?.usage ?? {}, error: failure });
    if (failure !== undefined) heedFailure(parts, failure, sentAt);
    throw error;
  }
}

/** Waits for rate capacity; what holds the run back may change by that, when it begins and when it ends. */
async function inLimits({ limiter, bottleneck }: DispatchParts, cost: Cost, call: Call): Promise<Permit> {
  const waiting = limiter.acquire(cost, call.deadline);
  bottleneck.update();
  const permit = await waiting;
  bottleneck.update();
  return permit;
}

interface Sent {
  readonly permit: Permit;
  readonly request: CompletionRequest;
  readonly sentAt: number;
}

function took(parts: DispatchParts, { permit, request, sentAt }: Sent, completion: Completion): void {
  permit.settle(parts.estimator.charged(request, completion.usage));
  parts.estimator.learn(request, completion.usage);
  parts.pauses.succeeded(sentAt);
  parts.breaker.answered();
  const now = parts.clock.now();
  parts.steer?.answered(now, now - sentAt, request, completion);
  if (completion.limits !== undefined) parts.limits.heard(completion.limits, sentAt);
}

function ended(
  { bottleneck, clock, costOf, emit }: DispatchParts,
  call: Call,
  end: {
    readonly number: number;
    readonly sentAt: number;
    readonly usage: Usage;
    readonly timing?: AnswerTiming | undefined;
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
    ...(end.timing === undefined ? {} : { timing: end.timing }),
    ...(end.error === undefined ? {} : { error: end.error }),
  });
}

/** A rejected request has used no tokens; of any other failure the estimate stands where it does not tell. */
function settleFailure({ estimator }: DispatchParts, { permit, request }: Sent, error?: ProviderError): void {
  if (error?.usage !== undefined) permit.settle(estimator.charged(request, error.usage));
  else if (error?.code === 'rate_limited') permit.settle({ inputTokens: 0, outputTokens: 0 });
  else permit.settle({});
}
