import { countingOf } from '../../catalog/token-counting.ts';
import { AppError } from '../../core/errors.ts';
import type { Provider } from '../../core/request.ts';
import { parseUrl } from '../endpoint.ts';
import { createJsonApiProvider, type HostedApiOptions } from '../json-api-provider.ts';
import { messageStream } from './assemble-stream.ts';
import { joinUrl } from './join-url.ts';
import { messageForms } from './message-forms.ts';
import { readAnswer } from './read-answer.ts';
import { writeBody } from './write-body.ts';

const ANTHROPIC_BASE_URL = 'https://api.anthropic.com';

/** Its documentation, "Versions". */
const VERSION = '2023-06-01';

/**
 * The Messages API of Anthropic or of an endpoint compatible with it. Throws `usage` for a base URL or key that can't be
 * used, `missing_key` where Anthropic itself is to be asked without one.
 */
export function createAnthropicProvider(options: HostedApiOptions): Provider {
  const url = joinUrl(parseUrl(options.baseUrl ?? ANTHROPIC_BASE_URL, '--base-url'));
  if (url.hostname === 'api.anthropic.com' && !options.apiKey) {
    throw new AppError('missing_key', 'Anthropic needs an API key', {
      hint: 'set ANTHROPIC_API_KEY, or name a file that holds the key with --api-key-file',
    });
  }
  const api = {
    name: 'anthropic',
    counting: countingOf(url),
    urlOf: () => url,
    keyHeader: 'x-api-key',
    headers: { 'anthropic-version': VERSION },
    forms: messageForms,
    writeBody,
    readAnswer,
    stream: messageStream,
  };
  return createJsonApiProvider(api, options);
}
