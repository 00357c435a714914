import type { CostOf } from '../../core/money.ts';
import type { RunControl } from '../run-control.ts';
import { type Account, costAccount, tokenAccount } from './account.ts';
import { Budget } from './budget.ts';

export interface BudgetSettings {
  readonly maxCostUsd?: number | undefined;
  /** Input and output together. */
  readonly maxTokens?: number | undefined;
  /** What earlier runs have spent of it; default nothing. */
  readonly spent?: { readonly usd: number; readonly tokens: number } | undefined;
}

/** The budget of a run, or undefined where nothing is limited. It stops the run once it is spent. */
export function openBudget(
  { maxCostUsd, maxTokens, spent = { usd: 0, tokens: 0 } }: BudgetSettings,
  { costOf, control }: { readonly costOf: CostOf | undefined; readonly control: RunControl },
): Budget | undefined {
  const accounts: Account[] = [];
  if (maxCostUsd !== undefined) {
    if (costOf === undefined) throw new TypeError('a limit in USD needs a price');
    accounts.push(costAccount(maxCostUsd, spent.usd, costOf));
  }
  if (maxTokens !== undefined) accounts.push(tokenAccount(maxTokens, spent.tokens));
  if (accounts.length === 0) return undefined;
  const budget = new Budget({ accounts, onSpent: (reason) => control.stop(reason) });
  control.stopSignal.addEventListener('abort', () => budget.stop(control.stopSignal.reason), { once: true });
  return budget;
}
