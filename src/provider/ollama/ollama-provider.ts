import type { Provider } from '../../core/request.ts';
import { parseUrl } from '../endpoint.ts';
import { createJsonApiProvider, type HostedApiOptions } from '../json-api-provider.ts';
import { chatStream } from './assemble-stream.ts';
import { joinUrl } from './join-url.ts';
import { readAnswer } from './read-answer.ts';
import { bodyWriter, chatForms } from './write-body.ts';

export interface OllamaOptions extends HostedApiOptions {
  /** The context window that every request asks for, in tokens. Default: one that holds the request and its answer. */
  readonly contextTokens?: number | undefined;
}

/** Where `ollama serve` listens. */
const OLLAMA_BASE_URL = 'http://127.0.0.1:11434';

/** The native API of Ollama. Throws `usage` for a base URL or key that can't be used. */
export function createOllamaProvider(options: OllamaOptions): Provider {
  const url = joinUrl(parseUrl(options.baseUrl ?? OLLAMA_BASE_URL, '--base-url'));
  const api = {
    name: 'ollama',
    urlOf: () => url,
    forms: chatForms,
    writeBody: bodyWriter(options.contextTokens),
    readAnswer,
    stream: chatStream,
  };
  return createJsonApiProvider(api, options);
}
