import type { RunOptions } from '../config/run-options.ts';
import { AppError } from '../core/errors.ts';
import type { CostOf } from '../core/money.ts';
import { costOf } from '../pricing/price.ts';
import { priceOf } from '../pricing/price-of.ts';

export interface Billing {
  /** Whether anything may be billed at all: the built-in summariser works for nothing. */
  readonly billed: boolean;
  /** Missing where the price is unknown. */
  readonly costOf?: CostOf;
}

/** What is known of the endpoint. */
interface Billed {
  readonly provider: string;
  readonly model: string;
  readonly baseUrl?: string;
  readonly url?: string;
}

/**
 * How the run's requests are billed. Throws `usage` where a price is needed, for `--max-cost` or beside the
 * other half of it, and unknown.
 */
export async function openBilling(
  options: Pick<RunOptions, 'maxCost' | 'priceIn' | 'priceOut'>,
  { provider, model, baseUrl, url }: Billed,
): Promise<Billing> {
  if (provider === 'local') return { billed: false };
  const { priceIn, priceOut, maxCost } = options;
  const price = await priceOf({ provider, model, baseUrl: baseUrl ?? url, priceIn, priceOut });
  if (price !== undefined) return { billed: true, costOf: (usage) => costOf(usage, price) };
  if (priceIn !== undefined) throw priceMissing('--price-in', '--price-out', model);
  if (priceOut !== undefined) throw priceMissing('--price-out', '--price-in', model);
  if (maxCost !== undefined) throw priceMissing('--max-cost', '--price-in and --price-out', model);
  return { billed: true };
}

function priceMissing(given: string, missing: string, model: string): AppError {
  return new AppError('usage', `${given} needs ${missing} too: the price of ${model} there is unknown`, {
    hint: 'prices are USD per million tokens, such as --price-in 0.15 --price-out 0.60',
  });
}
