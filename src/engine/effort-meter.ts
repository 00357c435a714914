import type { Clock } from '../core/clock.ts';
import { UsdSum } from '../core/money.ts';
import type { Effort } from '../core/outcome.ts';
import type { Usage } from '../core/request.ts';

/** Adds up what all attempts at one record took. */
export class EffortMeter {
  readonly #clock: Clock;
  #attempts = 0;
  #startedAt: number | undefined;
  #cost: UsdSum | undefined;
  #endpoint: string | undefined;
  #usage: { inputTokens?: number; outputTokens?: number } = {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a request that is sent now; returns its number, from 1. */
  begin(): number {
    this.#startedAt ??= this.#clock.now();
    this.#attempts += 1;
    return this.#attempts;
  }

  /** Which of several endpoints it is sent to. */
  sentTo(endpoint: string): void {
    this.#endpoint = endpoint;
  }

  /** Requests sent so far. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Tokens of an attempt, and what they cost in USD where that is known. */
  addUsage(usage: Usage, costUsd?: number): void {
    if (costUsd !== undefined) {
      this.#cost ??= new UsdSum();
      this.#cost.add(costUsd);
    }
    if (usage.inputTokens !== undefined) {
      this.#usage.inputTokens = (this.#usage.inputTokens ?? 0) + usage.inputTokens;
    }
    if (usage.outputTokens !== undefined) {
      this.#usage.outputTokens = (this.#usage.outputTokens ?? 0) + usage.outputTokens;
    }
  }

  total(): Effort {
    const startedAt = this.#startedAt;
    return {
      attempts: this.#attempts,
      latencyMs: startedAt === undefined ? 0 : this.#clock.now() - startedAt,
      usage: this.#usage,
      ...(this.#cost === undefined ? {} : { costUsd: this.#cost.usd }),
      ...(this.#endpoint === undefined ? {} : { endpoint: this.#endpoint }),
    };
  }
}
