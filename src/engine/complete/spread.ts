import type { Clock } from '../../core/clock.ts';
import { ProviderError } from '../../core/errors.ts';
import type { Bottleneck, Emit } from '../../core/events.ts';
import type { Completion, CompletionRequest } from '../../core/request.ts';
import { meetsNobody } from '../circuit-breaker.ts';
import type { Lane } from '../endpoints/lane.ts';
import { Turns } from '../endpoints/turns.ts';
import type { Wait } from '../limiter/limiter.ts';
import type { RunControl } from '../run-control.ts';
import type { Call } from './complete.ts';

export interface SpreadParts {
  readonly lanes: readonly Lane[];
  readonly control: RunControl;
  readonly clock: Clock;
  readonly emit: Emit;
}

interface Waiting {
  readonly request: CompletionRequest;
  readonly call: Call;
  readonly admit: (lane: Lane) => void;
  readonly reject: (reason: unknown) => void;
}

interface Offer {
  readonly lane: Lane;
  readonly waiting: Waiting;
}

/**
 * Hands requests to several endpoints, each only when one of them has a free slot and rate capacity for it: nothing stands
 * in line at an endpoint that pauses while another is idle. Of several that have room each gets its share by weight. An
 * endpoint whose last attempts all failed is left alone but for a try now and then, as long as another is well.
 */
export class Spread {
  readonly #parts: SpreadParts;
  readonly #turns = new Turns<Lane>();
  /** The largest priority first, and the oldest of the same. */
  #waiting: Waiting[] = [];
  #isHandingOut = false;
  #cancelTimer: (() => void) | undefined;
  #told: Bottleneck = 'none';
  /** Where a request has failed last, and failures that no record is to blame for. */
  readonly #failedAt = new WeakMap<CompletionRequest, Lane>();
  readonly #outages = new WeakSet<ProviderError>();

  constructor(parts: SpreadParts) {
    this.#parts = parts;
    for (const lane of parts.lanes) lane.onEnd(() => this.#handOut());
    const { stopSignal } = parts.control;
    stopSignal.addEventListener('abort', () => this.#rejectAll(stopSignal.reason), { once: true });
  }

  /** Whether none of the endpoints goes on. */
  get isOver(): boolean {
    return !this.#parts.lanes.some(({ isAlive }) => isAlive);
  }

  isOutage(error: ProviderError): boolean {
    return this.#outages.has(error);
  }

  complete(request: CompletionRequest, call: Call): Promise<Completion> {
    const { control, emit } = this.#parts;
    emit('waiting', { id: call.id });
    return new Promise((resolve, reject) => {
      control.throwIfStopped();
      const waiting: Waiting = {
        ...{ request, call, reject },
        admit: (lane) => {
          offPass?.();
          lane.send(request, call).then(resolve, (error) => {
            this.#failed(lane, request, error);
            reject(error);
          });
        },
      };
      const behind = this.#waiting.findIndex(({ call: { priority } }) => priority < call.priority);
      this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, waiting);
      const offPass = call.deadline?.onPass((reason) => {
        reject(reason);
        this.#leave(waiting);
      });
      this.#handOut();
    });
  }

  #failed(lane: Lane, request: CompletionRequest, error: unknown): void {
    if (!(error instanceof ProviderError)) return;
    this.#failedAt.set(request, lane);
    const isPassedOn = meetsNobody(error) && this.#isSpared(lane);
    if (isPassedOn || lane.isOutage(error)) this.#outages.add(error);
  }

  #leave(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    this.#handOut();
  }

  #handOut(): void {
    if (this.#isHandingOut) return;
    this.#isHandingOut = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#refuseHopeless();
    let wait = this.#handOutOne();
    while (wait === 'handed out') wait = this.#handOutOne();
    this.#isHandingOut = false;
    if (this.isOver) this.#giveUp();
    else if (wait !== undefined && this.#waiting.length > 0) {
      this.#cancelTimer = this.#parts.clock.timer(wait.ms, () => this.#handOut());
    }
    this.#tell(this.#waiting.length === 0 ? 'none' : (wait?.by ?? 'concurrency'));
  }

  /** The shortest wait for capacity where nothing can be handed out now; undefined where nobody has a free slot. */
  #handOutOne(): Wait | 'handed out' | undefined {
    let shortest: Wait | undefined;
    const offers: Offer[] = [];
    for (const lane of this.#parts.lanes) {
      const isSpared = this.#isSpared(lane);
      if (lane.isOut || !lane.hasSlot(isSpared)) continue;
      const waiting = this.#firstFor(lane, isSpared);
      if (waiting === undefined) continue;
      const wait = lane.outlook(waiting.request, isSpared);
      if (lane.isOut) continue;
      if (wait.ms === 0) offers.push({ lane, waiting });
      else if (shortest === undefined || wait.ms < shortest.ms) shortest = wait;
    }
    const [first, ...others] = offers;
    if (first === undefined || this.#waiting.length === 0) return shortest;
    const lane = this.#turns.next([first.lane, ...others.map((offer) => offer.lane)]);
    const { waiting } = offers.find((offer) => offer.lane === lane) ?? first;
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    waiting.admit(lane);
    return 'handed out';
  }

  #firstFor(lane: Lane, isSpared: boolean): Waiting | undefined {
    return this.#waiting.find(({ request }) => {
      if (isSpared && this.#failedAt.get(request) === lane && this.#hasOther(lane, request)) return false;
      return lane.refusal(request) === undefined;
    });
  }

  #hasOther(lane: Lane, request: CompletionRequest): boolean {
    return this.#parts.lanes.some(
      (other) => other !== lane && other.isAlive && other.refusal(request) === undefined,
    );
  }

  /** Whether an endpoint is tried only now and then. */
  #isSpared(lane: Lane): boolean {
    if (lane.isDown) return true;
    return lane.isSick && this.#parts.lanes.some((other) => other.isAlive && !other.isSick);
  }

  /** What no endpoint that goes on can ever take. */
  #refuseHopeless(): void {
    const lanes = this.#parts.lanes.filter(({ isOut }) => !isOut);
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const { request } = first;
      const refusals = lanes.map((lane) => lane.refusal(request));
      const [refusal] = refusals;
      if (refusal === undefined || refusals.includes(undefined)) return;
      this.#waiting.shift();
      first.reject(refusal);
    }
  }

  /** None of the endpoints goes on, but others may. */
  #giveUp(): void {
    const reason = this.#parts.lanes.map(({ lostFor }) => lostFor).find((error) => error !== undefined);
    if (reason !== undefined) this.#rejectAll(reason);
  }

  #rejectAll(reason: unknown): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(reason);
  }

  #tell(by: Bottleneck): void {
    if (by === this.#told) return;
    this.#told = by;
    this.#parts.emit('bottleneck', { by });
  }
}
