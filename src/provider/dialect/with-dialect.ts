import type { Provider } from '../../core/request.ts';
import { type DialectOptions, LearntDialect } from './learnt-dialect.ts';

/** The provider, asked only for what its endpoint takes. Each attempt is still one request. */
export function withDialect(provider: Provider, options: DialectOptions): Provider {
  const dialect = new LearntDialect(options);
  return {
    name: provider.name,
    counting: provider.counting,
    attempt: async (request, signal, watch) => {
      const sent = dialect.apply(request);
      try {
        return await provider.attempt(sent, signal, watch);
      } catch (error) {
        throw dialect.heed(error, request, sent);
      }
    },
    close: () => provider.close(),
  };
}
