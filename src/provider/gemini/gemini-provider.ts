import { AppError } from '../../core/errors.ts';
import type { Provider } from '../../core/request.ts';
import { parseUrl } from '../endpoint.ts';
import { createJsonApiProvider, type HostedApiOptions } from '../json-api-provider.ts';
import { contentStream } from './assemble-stream.ts';
import { contentForms } from './content-forms.ts';
import { joinUrl } from './join-url.ts';
import { readAnswer } from './read-answer.ts';
import { writeBody } from './write-body.ts';

const GEMINI_BASE_URL = 'https://generativelanguage.googleapis.com/v1beta';

/**
 * Gemini's generateContent. A key that the base URL was given with (`?key=…`) goes as a header, never in the URL. Throws
 * `usage` for a base URL or key that can't be used, `missing_key` where Google itself is to be asked without one.
 */
export function createGeminiProvider(options: HostedApiOptions): Provider {
  const base = parseUrl(options.baseUrl ?? GEMINI_BASE_URL, '--base-url');
  const apiKey = options.apiKey || base.searchParams.get('key') || undefined;
  if (base.hostname === 'generativelanguage.googleapis.com' && apiKey === undefined) {
    throw new AppError('missing_key', 'Gemini needs an API key', {
      hint: 'set GEMINI_API_KEY, or name a file that holds the key with --api-key-file',
    });
  }
  const api = {
    name: 'gemini',
    urlOf: (model: string) => joinUrl(base, model, options.streaming !== undefined),
    keyHeader: 'x-goog-api-key',
    forms: contentForms,
    writeBody,
    readAnswer,
    stream: contentStream,
  };
  return createJsonApiProvider(api, { ...options, apiKey });
}
