import type { AppError, ProviderError } from '../../core/errors.ts';
import type { Completion, CompletionRequest } from '../../core/request.ts';
import { adapting } from '../complete/adapting.ts';
import type { Call, Complete } from '../complete/complete.ts';
import { type DispatchParts, dispatchNow } from '../complete/dispatch.ts';
import type { Wait } from '../limiter/limiter.ts';
import type { MemberControl } from './member-control.ts';

export interface MemberParts {
  readonly name: string;
  /** Its share of what any of several could take. */
  readonly weight: number;
  /** As this endpoint knows it; takes the place of that in the request. */
  readonly model: string;
  /** Only in place of this model; requests may name others of their own. Default: of any. */
  readonly replaces?: string | undefined;
  readonly dispatch: DispatchParts;
  readonly control: MemberControl;
}

/** One of several endpoints, with a queue, limits and a health of its own. */
export class Member {
  readonly name: string;
  readonly weight: number;
  readonly #parts: MemberParts;
  readonly #complete: Complete;
  #downFor: ProviderError | undefined;
  #onBack: () => void = () => {};

  constructor(parts: MemberParts) {
    this.name = parts.name;
    this.weight = parts.weight;
    this.#parts = parts;
    this.#complete = adapting(dispatchNow(parts.dispatch), parts.dispatch.emit);
  }

  /** Out for the rest of the run. */
  get isOut(): boolean {
    return this.#parts.control.outFor !== undefined;
  }

  /** Asked only now and then, until it answers. */
  get isDown(): boolean {
    return this.#downFor !== undefined;
  }

  get isAlive(): boolean {
    return !this.isOut && !this.isDown;
  }

  /** Why it is out or down. */
  get lostFor(): AppError | undefined {
    return this.#parts.control.outFor ?? this.#downFor;
  }

  /** Whether its last few attempts all failed by its own fault. */
  get isSick(): boolean {
    return this.#parts.dispatch.breaker.isSick;
  }

  get everAnswered(): boolean {
    return this.#parts.dispatch.breaker.everAnswered;
  }

  /** From now on it is only tried now and then; `onBack` is called once it answers. */
  down(reason: ProviderError, onBack: () => void): void {
    this.#downFor = reason;
    this.#onBack = onBack;
  }

  /** Calls `run` whenever a request has ended. */
  onEnd(run: () => void): void {
    this.#parts.dispatch.queue.on('next', run);
  }

  /** Whether a request would be in flight at once, limits aside. `spared`: one at a time. */
  hasSlot(spared: boolean): boolean {
    const { queue } = this.#parts.dispatch;
    return queue.size === 0 && queue.pending < (spared ? 1 : queue.concurrency);
  }

  /** Why it can never take this request, if so. */
  refusal(request: CompletionRequest): ProviderError | undefined {
    const { limiter, estimator } = this.#parts.dispatch;
    return limiter.countsTokens ? limiter.refusal(estimator.estimate(request)) : undefined;
  }

  /** How long the request would wait here for capacity. `spared`: the endpoint is left alone for a while. */
  outlook(request: CompletionRequest, spared: boolean): Wait {
    const { limiter, estimator, breaker } = this.#parts.dispatch;
    const wait = limiter.outlook(estimator.estimate(request));
    const restMs = spared ? breaker.restMs() : 0;
    return restMs > wait.ms ? { ms: restMs, by: 'pause' } : wait;
  }

  async send(request: CompletionRequest, call: Call): Promise<Completion> {
    const { name } = this;
    const { model, replaces = request.model } = this.#parts;
    const onSend = (): void => {
      call.effort.sentTo(name);
      call.onSend?.(name);
    };
    const isMeant = request.model !== replaces || replaces === model;
    const asked = isMeant ? request : { ...request, model };
    const completion = await this.#complete(asked, { ...call, onSend });
    if (this.#downFor !== undefined) {
      this.#downFor = undefined;
      this.#onBack();
    }
    return { ...completion, endpoint: name };
  }

  /** Whether a failure here is part of an outage, so that no record should fail for it. */
  isOutage(error: ProviderError): boolean {
    return this.#parts.dispatch.breaker.isOutage(error);
  }
}
