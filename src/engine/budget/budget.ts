import { AppError } from '../../core/errors.ts';
import type { Cost } from '../limiter/cost.ts';
import type { RecordDeadline } from '../record-deadline.ts';
import type { Account } from './account.ts';

/** What one request is expected to take, and what it takes if things go as badly as they ever did. */
export interface Outlook {
  readonly expected: Cost;
  readonly worst: Cost;
}

/** A share of the budget. Ends by exactly one of `settle` and `release`; later calls do nothing. */
export interface Reservation {
  /** The request has taken this. */
  settle(actual: Cost): void;
  /** The request has taken nothing. */
  release(): void;
}

export interface Claim {
  /** Asked anew whenever the claim is looked at, for meanwhile more is known. */
  outlook(): Outlook;
  /** The largest goes first. */
  readonly priority: number;
}

interface Waiter extends Claim {
  readonly admit: (reservation: Reservation) => void;
  readonly reject: (reason: unknown) => void;
}

export interface BudgetOptions {
  readonly accounts: readonly Account[];
  /** Called once, when what is left pays none of the requests that wait and nothing that is under way can change that. */
  readonly onSpent: (reason: AppError) => void;
}

/**
 * Lets a request out only if the budget pays it as expected even where all others under way turn out at
 * their worst. So many requests at once cannot overshoot by more than the last one's surprise, and yet
 * the budget can be used up: once the others are settled, only the expected cost of the next one counts.
 */
export class Budget {
  readonly #accounts: readonly Account[];
  readonly #onSpent: (reason: AppError) => void;
  #waiters: Waiter[] = [];
  #underWay = 0;
  #stopped: AppError | undefined;

  constructor(options: BudgetOptions) {
    this.#accounts = options.accounts;
    this.#onSpent = options.onSpent;
  }

  /** Waits for its share. Rejects with the reason of the stop, or of the deadline when it passes. */
  reserve(claim: Claim, deadline?: Pick<RecordDeadline, 'onPass'>): Promise<Reservation> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) {
        reject(this.#stopped);
        return;
      }
      const waiter: Waiter = {
        outlook: () => claim.outlook(),
        priority: claim.priority,
        admit: (reservation) => {
          offPass?.();
          resolve(reservation);
        },
        reject,
      };
      this.#enqueue(waiter);
      const offPass = deadline?.onPass((reason) => {
        reject(reason);
        this.#leave(waiter);
      });
      this.#pump();
    });
  }

  /** Rejects all that wait and all that come. */
  stop(reason: AppError): void {
    this.#stopped = reason;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(reason);
  }

  #enqueue(waiter: Waiter): void {
    const behind = this.#waiters.findIndex((other) => other.priority < waiter.priority);
    this.#waiters.splice(behind < 0 ? this.#waiters.length : behind, 0, waiter);
  }

  #leave(waiter: Waiter): void {
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    this.#pump();
  }

  /** One that only has to wait for others holds the line; one that is too dear lets cheaper ones pass. */
  #pump(): void {
    const tooDear: Waiter[] = [];
    for (let waiter = this.#waiters.shift(); waiter !== undefined; waiter = this.#waiters.shift()) {
      const outlook = waiter.outlook();
      if (this.#accounts.every((account) => account.pays(outlook.expected))) {
        waiter.admit(this.#take(outlook));
        continue;
      }
      tooDear.push(waiter);
      if (this.#accounts.every((account) => account.mayPay(outlook.expected))) break;
    }
    this.#waiters = [...tooDear, ...this.#waiters];
    const [first] = this.#waiters;
    if (first !== undefined && this.#underWay === 0) this.#spent(first.outlook());
  }

  #take({ expected, worst }: Outlook): Reservation {
    this.#underWay += 1;
    for (const account of this.#accounts) account.reserve(expected, worst);
    let open = true;
    const end = (actual: Cost | undefined): void => {
      if (!open) return;
      open = false;
      this.#underWay -= 1;
      for (const account of this.#accounts) account.settle({ expected, worst, actual });
      if (this.#waiters.length > 0) this.#pump();
    };
    return { settle: end, release: () => end(undefined) };
  }

  #spent({ expected }: Outlook): void {
    const short = this.#accounts.find((account) => !account.pays(expected));
    if (short === undefined || this.#stopped !== undefined) return;
    const reason = new AppError('budget_spent', short.describe(expected), {
      hint: `raise ${short.name} to go on with what has no result yet`,
    });
    this.stop(reason);
    this.#onSpent(reason);
  }
}
