import type { ModelPrice } from '@pydantic/genai-prices';
import { findProvider, isAtHome } from '../catalog/find-provider.ts';
import type { Price } from './price.ts';

export interface PriceQuery {
  /** As `--provider` takes it. */
  readonly provider: string;
  /** Where requests go. The same model has another price elsewhere, so a price needs a known place. */
  readonly baseUrl?: string | undefined;
  readonly model: string;
  /** `--price-in` and `--price-out`, USD per million tokens; they win over the table. */
  readonly priceIn?: number | undefined;
  readonly priceOut?: number | undefined;
}

/**
 * The price of a model now, or undefined where it is unknown: an endpoint or a model that the table does not
 * have, or one that has no price for both input and output. The built-in summariser has none: nothing is billed.
 */
export async function priceOf(query: PriceQuery): Promise<Price | undefined> {
  const { provider, priceIn, priceOut } = query;
  if (provider === 'local') return undefined;
  if (priceIn !== undefined && priceOut !== undefined) return flat(priceIn, priceOut);
  const listed = await listedPrice(query);
  if (priceIn === undefined && priceOut === undefined) return listed;
  return listed && flat(priceIn ?? listed.input, priceOut ?? listed.output);
}

/** No seller is there, so the table need not be loaded. */
const LOOPBACK = /^https?:\/\/(localhost|127\.|\[::1\])/;

function flat(input: number, output: number): Price {
  return { input, output, perRequest: 0, tiers: [] };
}

async function listedPrice({ provider, baseUrl, model }: PriceQuery): Promise<Price | undefined> {
  if (baseUrl === undefined || LOOPBACK.test(baseUrl)) return undefined;
  const { calcPrice } = await import('@pydantic/genai-prices');
  const providerId = listedAs(provider, baseUrl);
  const seller = providerId === undefined ? { providerApiUrl: baseUrl } : { providerId };
  const found = calcPrice({ input_tokens: 0, output_tokens: 0 }, model, seller);
  return found === null ? undefined : toPrice(found.model_price);
}

/** The name of a seller whose URL the table does not know. */
function listedAs(provider: string, baseUrl: string): string | undefined {
  const entry = findProvider(provider);
  return entry && URL.canParse(baseUrl) && isAtHome(entry, new URL(baseUrl)) ? entry.priceId : undefined;
}

function toPrice(listed: ModelPrice): Price | undefined {
  const { input_mtok: input, output_mtok: output, requests_kcount: requests } = listed;
  if (input === undefined || output === undefined) return undefined;
  const starts = new Set([input, output].flatMap((rate) => tiersOf(rate).map(({ start }) => start)));
  return {
    input: rateAt(input, 0),
    output: rateAt(output, 0),
    perRequest: typeof requests === 'number' ? requests / 1000 : 0,
    tiers: [...starts]
      .sort((a, b) => a - b)
      .map((above) => ({ above, input: rateAt(input, above + 1), output: rateAt(output, above + 1) })),
  };
}

type ListedRate = NonNullable<ModelPrice[string]>;

function tiersOf(rate: ListedRate): readonly { readonly start: number; readonly price: number }[] {
  return typeof rate === 'number' ? [] : rate.tiers;
}

/** The rate for a request of so many input tokens. */
function rateAt(rate: ListedRate, inputTokens: number): number {
  if (typeof rate === 'number') return rate;
  const tiers = rate.tiers.filter(({ start }) => inputTokens > start).sort((a, b) => a.start - b.start);
  return tiers.at(-1)?.price ?? rate.base;
}
