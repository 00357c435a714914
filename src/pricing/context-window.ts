export interface ModelQuery {
  /** As `--provider` takes it. */
  readonly provider: string;
  /** Where requests go. */
  readonly baseUrl?: string | undefined;
  readonly model: string;
}

export interface ModelLimits {
  /** What a request and its answer may take together. */
  readonly contextTokens: number;
}

/**
 * The context window of a model as the table has it, or undefined where it is unknown. A place that the table knows
 * goes first. Elsewhere the name alone will do, with or without the maker's before it (`openai/gpt-4o`), if it is of
 * a model that only its maker runs: one with open weights has the window that it was started with. For the same reason
 * nothing is known of a server that is reached without TLS: it is one's own, and may call its model what it likes.
 */
export async function contextWindowOf(query: ModelQuery): Promise<ModelLimits | undefined> {
  const { provider, baseUrl, model } = query;
  if (provider === 'local' || baseUrl === undefined || !/^https:/i.test(baseUrl) || LOOPBACK.test(baseUrl)) {
    return undefined;
  }
  const { calcPrice } = await import('@pydantic/genai-prices');
  const windowOf = (name: string, at: { readonly providerApiUrl?: string }): number | undefined =>
    calcPrice({ input_tokens: 0 }, name, at)?.model.context_window;
  const bareName = model.slice(model.lastIndexOf('/') + 1);
  const contextTokens =
    windowOf(model, { providerApiUrl: baseUrl }) ??
    (ONLY_BY_MAKER.test(bareName) ? windowOf(bareName, {}) : undefined);
  return contextTokens === undefined ? undefined : { contextTokens };
}

const LOOPBACK = /^https:\/\/(localhost|127\.|\[::1\])/i;

/** OpenAI, Anthropic, Google and xAI, but for OpenAI's models with open weights. */
const ONLY_BY_MAKER = /^(gpt-(?!oss)|o[1-9](-|$)|claude-|gemini-|grok-)/i;
