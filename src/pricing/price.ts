import { roundUsd } from '../core/money.ts';
import type { Usage } from '../core/request.ts';

/** USD per million tokens. */
export interface Rates {
  readonly input: number;
  readonly output: number;
}

/** What one model costs at one endpoint. */
export interface Price extends Rates {
  /** USD for each request, whatever its length; 0 for nearly all models. */
  readonly perRequest: number;
  /** A request with more than `above` input tokens costs these rates as a whole. Rising. */
  readonly tiers: readonly (Rates & { readonly above: number })[];
}

const MILLION = 1e6;

/**
 * USD of one answered request, in whole billionths; undefined where the price or one of the two numbers of
 * tokens is unknown: unknown is not 0. Discounts for cached input are left aside, so this is the most it costs.
 */
export function costOf(usage: Usage, price: Price | undefined): number | undefined {
  const { inputTokens, outputTokens } = usage;
  if (price === undefined || inputTokens === undefined || outputTokens === undefined) return undefined;
  const { input, output } = ratesAt(price, inputTokens);
  return roundUsd(price.perRequest + (input * inputTokens + output * outputTokens) / MILLION);
}

function ratesAt(price: Price, inputTokens: number): Rates {
  return price.tiers.findLast(({ above }) => inputTokens > above) ?? price;
}
