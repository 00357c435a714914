import { AppError } from '../core/errors.ts';
import type { Provider } from '../core/request.ts';
import type { Transport } from './http-transport.ts';
import type { Environment } from './proxy-env.ts';

/** What the configuration says of the endpoint. */
export interface ProviderSettings {
  readonly provider: 'openai' | 'http' | 'local';
  readonly baseUrl?: string | undefined;
  readonly url?: string | undefined;
  readonly body?: string | undefined;
  readonly bodyType: 'json' | 'form';
  readonly responsePath?: string | undefined;
  /** The key itself, already looked up. */
  readonly apiKey?: string | undefined;
  /** Most requests in flight, or `auto`: the size of the connection pool. */
  readonly concurrency: number | 'auto';
  /** The same for `auto`: connections are opened as they are needed. */
  readonly maxConcurrency: number;
  /** Where proxy variables are looked up. */
  readonly env: Environment;
}

export interface ProviderContext {
  /** Wall-clock ms, for dates in headers. Default: the system's. */
  readonly epochMs?: (() => number) | undefined;
  /** What requests are sent by, instead of connections to the endpoint. */
  readonly transport?: Transport | undefined;
}

type Factory = (settings: ProviderSettings, context: ProviderContext) => Promise<Provider>;

/** The built-in providers. Each loads its own code, so that a run loads only what it uses. */
const BUILT_IN: Readonly<Record<ProviderSettings['provider'], Factory>> = {
  openai: async ({ baseUrl, apiKey, ...settings }, { epochMs, transport: given }) => {
    const { createOpenAiProvider } = await import('./openai/openai-provider.ts');
    const transport = given ?? (await transportFor(settings));
    return createOpenAiProvider({ baseUrl, apiKey, epochMs, transport });
  },
  http: async ({ url, body, bodyType, responsePath, apiKey, ...settings }, { epochMs, transport: given }) => {
    if (url === undefined) throw new AppError('usage', 'the http provider needs --url');
    const { createHttpProvider } = await import('./http/http-provider.ts');
    const transport = given ?? (await transportFor(settings));
    return createHttpProvider({
      url,
      bodyTemplate: body,
      bodyType,
      responsePath,
      apiKey,
      epochMs,
      transport,
    });
  },
  local: async () => {
    const { createLocalProvider } = await import('./local/local-provider.ts');
    return createLocalProvider();
  },
};

/**
 * The provider that the settings name. Rejects with `usage` or `missing_key` for settings that can't work.
 * The caller closes it.
 */
export function createProvider(settings: ProviderSettings, context: ProviderContext = {}): Promise<Provider> {
  return BUILT_IN[settings.provider](settings, context);
}

async function transportFor(settings: Pick<ProviderSettings, 'concurrency' | 'maxConcurrency' | 'env'>) {
  const { createTransport } = await import('./http-transport.ts');
  const { concurrency, maxConcurrency, env } = settings;
  return createTransport({ connections: concurrency === 'auto' ? maxConcurrency : concurrency, env });
}
