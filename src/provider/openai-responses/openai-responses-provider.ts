import { countingOf } from '../../catalog/token-counting.ts';
import type { Provider } from '../../core/request.ts';
import { parseUrl } from '../endpoint.ts';
import { createJsonApiProvider, type HostedApiOptions } from '../json-api-provider.ts';
import { openAiKeyMissing } from '../openai/key-missing.ts';
import { responseStream } from './assemble-stream.ts';
import { joinUrl } from './join-url.ts';
import { readAnswer } from './read-answer.ts';
import { responseForms, writeBody } from './write-body.ts';

const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/**
 * The Responses API of OpenAI or of an endpoint compatible with it. Throws `usage` for a base URL or key that can't be
 * used, `missing_key` where OpenAI itself is to be asked without one.
 */
export function createOpenAiResponsesProvider(options: HostedApiOptions): Provider {
  const url = joinUrl(parseUrl(options.baseUrl ?? OPENAI_BASE_URL, '--base-url'));
  if (url.hostname === 'api.openai.com' && !options.apiKey) throw openAiKeyMissing();
  const counting = countingOf(url);
  const api = { name: 'openai-responses', counting, urlOf: () => url, forms: responseForms };
  return createJsonApiProvider({ ...api, writeBody, readAnswer, stream: responseStream }, options);
}
