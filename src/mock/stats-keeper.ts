import type { Fault } from './draw-fault.ts';
import { PromptLedger } from './prompt-ledger.ts';
import { SlidingMaximum } from './sliding-maximum.ts';
import type { MockStats } from './stats.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

const zero = () => ({
  firstArrivalMs: 0,
  lastArrivalMs: 0,
  lastEndMs: 0,
  requests: 0,
  ok: 0,
  resets: 0,
  hangs: 0,
  brokenJson: 0,
  empty: 0,
  prose: 0,
  cutStreams: 0,
  stalls: 0,
  abandoned: 0,
  maxInFlight: 0,
  paid: 0,
  paidTwice: 0,
  paidAgainAfterFault: 0,
  paidAgainAfterAbandon: 0,
  tokensIn: 0,
  tokensOut: 0,
});

const windows = () => ({
  requestsASecond: new SlidingMaximum(SECOND_MS),
  requestsAMinute: new SlidingMaximum(MINUTE_MS),
  tokensASecond: new SlidingMaximum(SECOND_MS),
  tokensAMinute: new SlidingMaximum(MINUTE_MS),
});

const FAULT_COUNTER = {
  reset: 'resets',
  hang: 'hangs',
  brokenJson: 'brokenJson',
  empty: 'empty',
  prose: 'prose',
  cutStream: 'cutStreams',
  stall: 'stalls',
} as const;

/** Counts what the server sees and sends. Times are monotonic ms. */
export class StatsKeeper {
  readonly #ledger = new PromptLedger();
  #counts = zero();
  #errors: Record<string, number> = {};
  #windows = windows();
  #inFlight = 0;

  get inFlight(): number {
    return this.#inFlight;
  }

  arrive(nowMs: number): void {
    if (this.#counts.requests === 0) this.#counts.firstArrivalMs = nowMs;
    this.#counts.lastArrivalMs = nowMs;
    this.#counts.requests += 1;
    this.#windows.requestsASecond.add(nowMs, 1);
    this.#windows.requestsAMinute.add(nowMs, 1);
  }

  charge(nowMs: number, tokens: number): void {
    this.#windows.tokensASecond.add(nowMs, tokens);
    this.#windows.tokensAMinute.add(nowMs, tokens);
  }

  /** A request is admitted. Returns the number of this attempt at its prompt, from 1. */
  enter(key: number): number {
    this.#inFlight += 1;
    this.#counts.maxInFlight = Math.max(this.#counts.maxInFlight, this.#inFlight);
    return this.#ledger.begin(key);
  }

  leave(nowMs: number): void {
    this.#inFlight -= 1;
    this.#counts.lastEndMs = nowMs;
  }

  fail(status: number): void {
    this.#errors[status] = (this.#errors[status] ?? 0) + 1;
  }

  /** An answer is generated. Returns whether one to the same prompt was delivered before. */
  pay(key: number, tokensIn: number, tokensOut: number): boolean {
    const counts = this.#counts;
    counts.paid += 1;
    counts.tokensIn += tokensIn;
    counts.tokensOut += tokensOut;
    const before = this.#ledger.pay(key);
    if (before === 'delivered') counts.paidTwice += 1;
    else if (before === 'fault') counts.paidAgainAfterFault += 1;
    else if (before === 'client') counts.paidAgainAfterAbandon += 1;
    return before === 'delivered';
  }

  /** The generated answer is spoilt on purpose. */
  spoil(key: number, fault: Exclude<Fault, 'error'>): void {
    this.#counts[FAULT_COUNTER[fault]] += 1;
    this.#ledger.lose(key, 'fault');
  }

  abandon(key: number): void {
    this.#counts.abandoned += 1;
    this.#ledger.lose(key, 'client');
  }

  /** `countedTwice`: what `pay` returned, so that two answers in flight at once count as well, and none counts doubly. */
  deliver(key: number, countedTwice: boolean): void {
    this.#counts.ok += 1;
    const first = this.#ledger.deliver(key);
    if (!first && !countedTwice) this.#counts.paidTwice += 1;
  }

  /** Everything from zero, but for what is in flight. */
  reset(): void {
    this.#counts = { ...zero(), maxInFlight: this.#inFlight };
    this.#errors = {};
    this.#windows = windows();
    this.#ledger.clear();
  }

  snapshot(): MockStats {
    return {
      ...this.#counts,
      errors: { ...this.#errors },
      rateLimited: this.#errors[429] ?? 0,
      inFlight: this.#inFlight,
      distinctPrompts: this.#ledger.size,
      maxRequestsInAnySecond: this.#windows.requestsASecond.max,
      maxRequestsInAnyMinute: this.#windows.requestsAMinute.max,
      maxTokensInAnySecond: this.#windows.tokensASecond.max,
      maxTokensInAnyMinute: this.#windows.tokensAMinute.max,
    };
  }
}
