import { AppError } from '../../core/errors.ts';
import type { Provider } from '../../core/request.ts';
import { parseUrl } from '../endpoint.ts';
import { createJsonApiProvider, type HostedApiOptions } from '../json-api-provider.ts';
import { chatApi } from '../openai/chat-api.ts';
import { joinUrl } from './join-url.ts';

export interface AzureOptions extends HostedApiOptions {
  /** `api-version` for URLs that hold none: the model is then the deployment in the path. */
  readonly apiVersion?: string | undefined;
}

/**
 * Chat completions of Azure OpenAI: of a resource, `https://NAME.openai.azure.com`, or of a gateway before one. Throws
 * `usage` for a base URL or key that can't be used and where none is named, `missing_key` where Azure itself is to be
 * asked without a key.
 */
export function createAzureProvider(options: AzureOptions): Provider {
  const { baseUrl, apiKey, apiVersion } = options;
  if (baseUrl === undefined) {
    throw new AppError('usage', 'Azure OpenAI needs the URL of a resource', {
      hint: 'write e.g. --base-url https://NAME.openai.azure.com',
    });
  }
  const base = parseUrl(baseUrl, '--base-url');
  if (base.hostname.endsWith('.azure.com') && !apiKey) {
    throw new AppError('missing_key', 'Azure OpenAI needs an API key', {
      hint: 'set AZURE_OPENAI_API_KEY, or name a file that holds the key with --api-key-file',
    });
  }
  const api = {
    name: 'azure',
    // Azure OpenAI, "Understanding rate limits": the most that was asked for counts at admission.
    counting: 'max-output' as const,
    urlOf: (model: string) => joinUrl(base, model, apiVersion),
    keyHeader: 'api-key',
    ...chatApi(),
  };
  return createJsonApiProvider(api, options);
}
