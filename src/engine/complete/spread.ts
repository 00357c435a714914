import type { Clock } from '../../core/clock.ts';
import { ProviderError } from '../../core/errors.ts';
import type { Bottleneck, Emit } from '../../core/events.ts';
import type { Completion, CompletionRequest } from '../../core/request.ts';
import { meetsNobody } from '../circuit-breaker.ts';
import type { Member } from '../endpoints/member.ts';
import { Turns } from '../endpoints/turns.ts';
import type { Wait } from '../limiter/limiter.ts';
import type { RunControl } from '../run-control.ts';
import type { Call } from './complete.ts';

export interface SpreadParts {
  readonly members: readonly Member[];
  readonly control: RunControl;
  readonly clock: Clock;
  readonly emit: Emit;
}

interface Waiting {
  readonly request: CompletionRequest;
  readonly call: Call;
  readonly admit: (member: Member) => void;
  readonly reject: (reason: unknown) => void;
}

interface Offer {
  readonly member: Member;
  readonly waiting: Waiting;
}

/**
 * Hands requests to several endpoints, each only when one of them has a free slot and rate capacity for it: nothing stands
 * in line at an endpoint that pauses while another is idle. Of several that have room each gets its share by weight. An
 * endpoint whose last attempts all failed is left alone but for a try now and then, as long as another is well.
 */
export class Spread {
  readonly #parts: SpreadParts;
  readonly #turns = new Turns<Member>();
  /** The largest priority first, and the oldest of the same. */
  #waiting: Waiting[] = [];
  #isHandingOut = false;
  #cancelTimer: (() => void) | undefined;
  #told: Bottleneck = 'none';
  /** Where a request has failed last, and failures that no record is to blame for. */
  readonly #failedAt = new WeakMap<CompletionRequest, Member>();
  readonly #outages = new WeakSet<ProviderError>();

  constructor(parts: SpreadParts) {
    this.#parts = parts;
    for (const member of parts.members) member.onEnd(() => this.#handOut());
    const { stopSignal } = parts.control;
    stopSignal.addEventListener('abort', () => this.#rejectAll(stopSignal.reason), { once: true });
  }

  /** Whether none of the endpoints goes on. */
  get isOver(): boolean {
    return !this.#parts.members.some(({ isAlive }) => isAlive);
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
        admit: (member) => {
          offPass?.();
          member.send(request, call).then(resolve, (error) => {
            this.#failed(member, request, error);
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

  #failed(member: Member, request: CompletionRequest, error: unknown): void {
    if (!(error instanceof ProviderError)) return;
    this.#failedAt.set(request, member);
    const isPassedOn = meetsNobody(error) && this.#isSpared(member);
    if (isPassedOn || member.isOutage(error)) this.#outages.add(error);
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
    for (const member of this.#parts.members) {
      const isSpared = this.#isSpared(member);
      if (member.isOut || !member.hasSlot(isSpared)) continue;
      const waiting = this.#firstFor(member, isSpared);
      if (waiting === undefined) continue;
      const wait = member.outlook(waiting.request, isSpared);
      if (member.isOut) continue;
      if (wait.ms === 0) offers.push({ member, waiting });
      else if (shortest === undefined || wait.ms < shortest.ms) shortest = wait;
    }
    const [first, ...others] = offers;
    if (first === undefined || this.#waiting.length === 0) return shortest;
    const member = this.#turns.next([first.member, ...others.map((offer) => offer.member)]);
    const { waiting } = offers.find((offer) => offer.member === member) ?? first;
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    waiting.admit(member);
    return 'handed out';
  }

  #firstFor(member: Member, isSpared: boolean): Waiting | undefined {
    return this.#waiting.find(({ request }) => {
      if (isSpared && this.#failedAt.get(request) === member && this.#hasOther(member, request)) return false;
      return member.refusal(request) === undefined;
    });
  }

  #hasOther(member: Member, request: CompletionRequest): boolean {
    return this.#parts.members.some(
      (other) => other !== member && other.isAlive && other.refusal(request) === undefined,
    );
  }

  /** Whether an endpoint is tried only now and then. */
  #isSpared(member: Member): boolean {
    if (member.isDown) return true;
    return member.isSick && this.#parts.members.some((other) => other.isAlive && !other.isSick);
  }

  /** What no endpoint that goes on can ever take. */
  #refuseHopeless(): void {
    const members = this.#parts.members.filter(({ isOut }) => !isOut);
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const { request } = first;
      const refusals = members.map((member) => member.refusal(request));
      const [refusal] = refusals;
      if (refusal === undefined || refusals.includes(undefined)) return;
      this.#waiting.shift();
      first.reject(refusal);
    }
  }

  /** None of the endpoints goes on, but others may. */
  #giveUp(): void {
    const reason = this.#parts.members.map(({ lostFor }) => lostFor).find((error) => error !== undefined);
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
