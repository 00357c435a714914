import { wireOf } from '../catalog/find-provider.ts';
import { knownDialect } from '../catalog/known-dialect.ts';
import type { Json } from '../core/json.ts';
import type { Provider } from '../core/request.ts';
import { createProvider, type ProviderContext, type ProviderSettings } from './registry.ts';

/** What the configuration says of the endpoint, and what the user has set by hand. */
export interface OpenSettings extends Omit<ProviderSettings, 'provider'> {
  /** A name of the catalogue; else the file or package of a provider of the user's own. */
  readonly provider: string;
  readonly model: string;
  /** Where a provider of the user's own is looked for. */
  readonly cwd?: string | undefined;
  readonly temperature?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly param?: Readonly<Record<string, Json>> | undefined;
}

/**
 * The provider of that name, which asks only for what its endpoint takes. Rejects with `usage` or `missing_key` for
 * settings that can't work. The caller closes it.
 */
export async function openProvider(settings: OpenSettings, context: ProviderContext = {}): Promise<Provider> {
  const wire = wireOf(settings.provider);
  if (wire === 'own') return openOwn(settings);
  const provider = await createProvider({ ...settings, provider: wire }, context);
  if (wire === 'local' || wire === 'http') return provider;
  const { withDialect } = await import('./dialect/with-dialect.ts');
  return withDialect(provider, {
    known: knownDialect(settings.provider, settings.model, settings.baseUrl),
    isChat: wire === 'openai' || wire === 'azure',
    byHand: {
      temperature: settings.temperature !== undefined,
      maxOutputTokens: settings.maxOutputTokens !== undefined,
    },
  });
}

async function openOwn(settings: OpenSettings): Promise<Provider> {
  const { provider: name, cwd = '.', model, baseUrl, apiKey, concurrency, env } = settings;
  const { loadOwnProvider } = await import('./own/load-own-provider.ts');
  const { adaptOwn } = await import('./own/adapt-own.ts');
  return adaptOwn(await loadOwnProvider(name, cwd, { model, baseUrl, apiKey, concurrency, env }), [apiKey]);
}
