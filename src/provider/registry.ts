import { AppError } from '../core/errors.ts';
import type { Provider } from '../core/request.ts';
import type { Transport } from './http-transport.ts';
import type { HostedApiOptions } from './json-api-provider.ts';
import type { Environment } from './proxy-env.ts';

/** The built-in providers, by the wire that each speaks. */
export type ProviderName =
  | 'openai'
  | 'openai-responses'
  | 'azure'
  | 'anthropic'
  | 'gemini'
  | 'bedrock'
  | 'ollama'
  | 'http'
  | 'local';

/** What the configuration says of the endpoint. */
export interface ProviderSettings {
  readonly provider: ProviderName;
  readonly baseUrl?: string | undefined;
  readonly url?: string | undefined;
  readonly body?: string | undefined;
  readonly bodyType: 'json' | 'form';
  readonly responsePath?: string | undefined;
  /** The key itself, already looked up. */
  readonly apiKey?: string | undefined;
  /** Headers of the user's own; they win over those of the provider. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** `azure`: see `AzureOptions`. Default: `OPENAI_API_VERSION` of `env`. */
  readonly apiVersion?: string | undefined;
  /** `bedrock`. Default: that of `env`, or of the URL. */
  readonly region?: string | undefined;
  /** `ollama`: the context window, in tokens, that every request asks for. */
  readonly context?: number | undefined;
  /** Most requests in flight, or `auto`: the size of the connection pool. */
  readonly concurrency: number | 'auto';
  /** The same for `auto`: connections are opened as they are needed. */
  readonly maxConcurrency: number;
  /** Answers are streamed. */
  readonly stream?: boolean | undefined;
  /** Where the variables of proxies and of AWS are looked up. */
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
const BUILT_IN: Readonly<Record<ProviderName, Factory>> = {
  openai: async (settings, context) => {
    const { createOpenAiProvider } = await import('./openai/openai-provider.ts');
    return createOpenAiProvider(await hosted(settings, context));
  },
  'openai-responses': async (settings, context) => {
    const { createOpenAiResponsesProvider } = await import('./openai-responses/openai-responses-provider.ts');
    return createOpenAiResponsesProvider(await hosted(settings, context));
  },
  azure: async (settings, context) => {
    const { createAzureProvider } = await import('./azure/azure-provider.ts');
    const apiVersion = settings.apiVersion ?? (settings.env.OPENAI_API_VERSION || undefined);
    return createAzureProvider({ ...(await hosted(settings, context)), apiVersion });
  },
  anthropic: async (settings, context) => {
    const { createAnthropicProvider } = await import('./anthropic/anthropic-provider.ts');
    return createAnthropicProvider(await hosted(settings, context));
  },
  gemini: async (settings, context) => {
    const { createGeminiProvider } = await import('./gemini/gemini-provider.ts');
    return createGeminiProvider(await hosted(settings, context));
  },
  bedrock: async (settings, context) => {
    const { createBedrockProvider } = await import('./bedrock/bedrock-provider.ts');
    const { awsSettings } = await import('./bedrock/credentials.ts');
    const { apiKey, region, keys } = awsSettings(settings.env);
    return createBedrockProvider({
      ...(await hosted(settings, context)),
      apiKey: settings.apiKey ?? apiKey,
      region: settings.region ?? region,
      keys,
    });
  },
  ollama: async (settings, context) => {
    const { createOllamaProvider } = await import('./ollama/ollama-provider.ts');
    return createOllamaProvider({ ...(await hosted(settings, context)), contextTokens: settings.context });
  },
  http: async (settings, context) => {
    const { url, body, bodyType, responsePath } = settings;
    if (url === undefined) throw new AppError('usage', 'the http provider needs --url');
    const { createHttpProvider } = await import('./http/http-provider.ts');
    const { apiKey, epochMs, transport } = await hosted(settings, context);
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

async function hosted(
  settings: ProviderSettings,
  { epochMs, transport }: ProviderContext,
): Promise<HostedApiOptions> {
  const { baseUrl, apiKey, headers, stream } = settings;
  return {
    ...{ baseUrl, apiKey, headers, epochMs },
    streaming: stream ? await (await import('./stream/open-streams.ts')).openStreams() : undefined,
    transport: transport ?? (await transportFor(settings)),
  };
}

async function transportFor(settings: Pick<ProviderSettings, 'concurrency' | 'maxConcurrency' | 'env'>) {
  const { createTransport } = await import('./http-transport.ts');
  const { concurrency, maxConcurrency, env } = settings;
  return createTransport({ connections: concurrency === 'auto' ? maxConcurrency : concurrency, env });
}
