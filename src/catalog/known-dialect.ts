import type { Dialect } from './entry.ts';
import { findProvider, isAtHome } from './find-provider.ts';

/**
 * What is known beforehand of what a provider does not take for a model. Only of the provider itself: behind another
 * URL may stand anything that calls itself so.
 */
export function knownDialect(name: string, model: string, baseUrl?: string): Omit<Dialect, 'models'> {
  const entry = findProvider(name);
  if (entry?.dialects === undefined) return {};
  if (baseUrl !== undefined && !(URL.canParse(baseUrl) && isAtHome(entry, new URL(baseUrl)))) return {};
  const facts = entry.dialects.filter(({ models }) => models?.test(model) ?? true);
  return Object.assign({}, ...facts.map(({ models: _, ...fact }) => fact));
}
