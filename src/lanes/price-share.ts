/**
 * What a request in a batch costs of what it costs online: half, by the documentation of all whose lanes are spoken here
 * (OpenAI, "Batch API"; Anthropic, "Batch processing"; Cerebras, "Batch API"). Another share of one that is compatible goes
 * here, by the provider's name.
 */
const SHARES: Readonly<Record<string, number>> = {};
const USUAL_SHARE = 0.5;

export function priceShare(provider: string): number {
  return SHARES[provider] ?? USUAL_SHARE;
}
