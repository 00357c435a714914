import { AppError } from '../../core/errors.ts';
import type { Provider } from '../../core/request.ts';
import type { ErrorContext } from '../classify-error.ts';
import { createEndpoint, parseUrl } from '../endpoint.ts';
import type { Transport } from '../http-transport.ts';
import { countingOf } from '../token-counting.ts';
import { AnswerFormat } from './answer-format.ts';
import { joinUrl } from './join-url.ts';
import { readAnswer } from './read-answer.ts';
import { requestBodyWriter } from './to-request-body.ts';

export interface OpenAiOptions {
  /** Default: OpenAI's own. */
  readonly baseUrl?: string | undefined;
  /** Sent as a bearer token. Endpoints of one's own may need none. */
  readonly apiKey?: string | undefined;
  /** Closed together with the provider. */
  readonly transport: Transport;
  /** Wall-clock ms, for dates in headers. Default: the system's. */
  readonly epochMs?: (() => number) | undefined;
}

const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/**
 * Chat completions of OpenAI or of any endpoint compatible with it. Throws `usage` for a base URL or key that
 * can't be used, `missing_key` where OpenAI itself is to be asked without one.
 */
export function createOpenAiProvider({ baseUrl, apiKey, transport, epochMs }: OpenAiOptions): Provider {
  const url = joinUrl(parseUrl(baseUrl ?? OPENAI_BASE_URL, '--base-url'));
  if (url.hostname === 'api.openai.com' && !apiKey) {
    throw new AppError('missing_key', 'OpenAI needs an API key', {
      hint: 'set OPENAI_API_KEY, or name a file that holds the key with --api-key-file',
    });
  }
  const endpoint = createEndpoint(url, apiKey);
  const context: ErrorContext = { endpoint, urlOption: '--base-url', epochMs: epochMs ?? Date.now };
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'gistmill',
    ...endpoint.credentials,
  };
  const writeBody = requestBodyWriter();
  const formats = new AnswerFormat();
  return {
    name: 'openai',
    counting: countingOf(url),
    attempt: async (request, signal) => {
      const form = formats.formOf(request);
      const body = writeBody(request, form);
      const reply = await transport.post({ url: endpoint.url, headers, body, signal });
      try {
        return readAnswer(reply, context);
      } catch (error) {
        throw formats.heed(error, form);
      }
    },
    close: () => transport.close(),
  };
}
