import type { Provider } from '../core/request.ts';

/**
 * How endpoints count an answer's tokens against their limits, by the end of the host's name. OpenAI and Azure
 * charge `max_tokens` when the request comes in (OpenAI's guide to rate limits, "How do these rate limits
 * work?"; Azure OpenAI, "Understanding rate limits"). Anthropic counts output as it is produced (its
 * documentation, "Rate limits", OTPM). Of the others nothing is published, so nothing is assumed.
 */
const COUNTING: readonly (readonly [hostEnd: string, counting: NonNullable<Provider['counting']>])[] = [
  ['api.openai.com', 'max-output'],
  ['.azure.com', 'max-output'],
  ['api.anthropic.com', 'actual'],
];

export function countingOf(url: URL): Provider['counting'] {
  return COUNTING.find(([hostEnd]) => url.hostname.endsWith(hostEnd))?.[1];
}
