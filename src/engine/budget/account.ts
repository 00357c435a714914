import { type CostOf, formatUsd } from '../../core/money.ts';
import type { Cost } from '../limiter/cost.ts';

export interface AccountOptions {
  /** The option that sets it, for messages. */
  readonly name: string;
  /** In the account's own unit, as all amounts. Whole numbers, so that sums stay exact. */
  readonly limit: number;
  /** Spent before this run. */
  readonly spent: number;
  readonly amountOf: (cost: Cost) => number;
  readonly write: (amount: number) => string;
}

/** What may be spent of one thing, what is spent, and what the requests under way may yet take. */
export class Account {
  readonly name: string;
  readonly #limit: number;
  readonly #amountOf: (cost: Cost) => number;
  readonly #write: (amount: number) => string;
  #spent: number;
  #reserved = { expected: 0, worst: 0 };

  constructor(options: AccountOptions) {
    this.name = options.name;
    this.#limit = options.limit;
    this.#spent = options.spent;
    this.#amountOf = options.amountOf;
    this.#write = options.write;
  }

  get spent(): number {
    return this.#spent;
  }

  /** What requests under way are expected to take, and take at their worst. */
  get reserved(): { readonly expected: number; readonly worst: number } {
    return this.#reserved;
  }

  /** Whether it pays for `expected` whatever becomes of the requests under way. */
  pays(expected: Cost): boolean {
    return this.#spent + this.#reserved.worst + this.#amountOf(expected) <= this.#limit;
  }

  /** Whether it pays for `expected` if the requests under way take what is expected of them. */
  mayPay(expected: Cost): boolean {
    return this.#spent + this.#reserved.expected + this.#amountOf(expected) <= this.#limit;
  }

  reserve(expected: Cost, worst: Cost): void {
    this.#change(expected, worst, 1);
  }

  /** Ends a reservation; `actual` is undefined where nothing was taken. */
  settle(end: { readonly expected: Cost; readonly worst: Cost; readonly actual: Cost | undefined }): void {
    this.#change(end.expected, end.worst, -1);
    if (end.actual !== undefined) this.#spent += this.#amountOf(end.actual);
  }

  describe(next: Cost): string {
    const [spent, limit, needed] = [this.#spent, this.#limit, this.#amountOf(next)].map(this.#write);
    return `${this.name} ${limit}: ${spent} spent, and the next request takes about ${needed}`;
  }

  #change(expected: Cost, worst: Cost, sign: 1 | -1): void {
    this.#reserved = {
      expected: this.#reserved.expected + sign * this.#amountOf(expected),
      worst: this.#reserved.worst + sign * this.#amountOf(worst),
    };
  }
}

const NANO = 1e9;

/** `--max-cost`, in billionths of a dollar. `costOf` gives the USD of a usage that is known in full. */
export function costAccount(limitUsd: number, spentUsd: number, costOf: CostOf): Account {
  const nano = (usd: number): number => Math.round(usd * NANO);
  return new Account({
    name: '--max-cost',
    limit: nano(limitUsd),
    spent: nano(spentUsd),
    amountOf: (cost) => nano(costOf(cost) ?? 0),
    write: (amount) => formatUsd(amount / NANO),
  });
}

/** `--max-tokens-total`, in tokens, input and output together. */
export function tokenAccount(limit: number, spent: number): Account {
  return new Account({
    name: '--max-tokens-total',
    limit,
    spent,
    amountOf: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
    write: (amount) => `${amount} tokens`,
  });
}
