import { countingOf } from '../../catalog/token-counting.ts';
import type { Provider } from '../../core/request.ts';
import { parseUrl } from '../endpoint.ts';
import { createJsonApiProvider, type HostedApiOptions } from '../json-api-provider.ts';
import { chatApi } from './chat-api.ts';
import { joinUrl } from './join-url.ts';
import { openAiKeyMissing } from './key-missing.ts';

const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/**
 * Chat completions of OpenAI or of any endpoint compatible with it, which may need no key. Throws `usage` for a base
 * URL or key that can't be used, `missing_key` where OpenAI itself is to be asked without one.
 */
export function createOpenAiProvider(options: HostedApiOptions): Provider {
  const url = joinUrl(parseUrl(options.baseUrl ?? OPENAI_BASE_URL, '--base-url'));
  if (url.hostname === 'api.openai.com' && !options.apiKey) throw openAiKeyMissing();
  return createJsonApiProvider(
    { name: 'openai', counting: countingOf(url), urlOf: () => url, ...chatApi() },
    options,
  );
}
