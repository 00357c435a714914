import type { CatalogEntry, Wire } from './entry.ts';
import { PROVIDERS } from './providers.ts';

const BY_NAME: ReadonlyMap<string, CatalogEntry> = new Map(PROVIDERS.map((entry) => [entry.name, entry]));

export const PROVIDER_NAMES: readonly string[] = PROVIDERS.map(({ name }) => name);

export function findProvider(name: string): CatalogEntry | undefined {
  return BY_NAME.get(name);
}

/** What a provider speaks; `own` is one that the user brings. */
export function wireOf(name: string): Wire | 'own' {
  return findProvider(name)?.wire ?? 'own';
}

/** Whether a URL is where the provider itself answers, so that its key may go there. */
export function isAtHome(entry: CatalogEntry, url: URL): boolean {
  if (url.protocol === 'https:' && entry.hosts?.test(url.hostname)) return true;
  return (
    entry.baseUrl !== undefined && URL.canParse(entry.baseUrl) && new URL(entry.baseUrl).origin === url.origin
  );
}

/** The provider whose home a URL is, if any. */
export function providerAt(url: URL): CatalogEntry | undefined {
  return PROVIDERS.find((entry) => isAtHome(entry, url));
}
