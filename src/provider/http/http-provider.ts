import type { Provider } from '../../core/request.ts';
import type { ErrorContext } from '../classify-error.ts';
import { createEndpoint, parseUrl } from '../endpoint.ts';
import type { Transport } from '../http-transport.ts';
import { parseLimitHints } from '../rate-limit-headers.ts';
import { requestIdOf } from '../reply-headers.ts';
import { type BodyType, createBodyRenderer } from './body-template.ts';
import { readSummary } from './read-summary.ts';
import { parseResponsePath } from './response-path.ts';

export interface HttpOptions {
  readonly url: string;
  /** Liquid template that gives JSON; see `createBodyRenderer`. Default: `{"text": …}`. */
  readonly bodyTemplate?: string | undefined;
  readonly bodyType: BodyType;
  /** Where the summary stands in a JSON answer: `result.summary`, `choices[0].text`. */
  readonly responsePath?: string | undefined;
  /** Sent as a bearer token. */
  readonly apiKey?: string | undefined;
  /** Closed together with the provider. */
  readonly transport: Transport;
  /** Wall-clock ms, for dates in headers. Default: the system's. */
  readonly epochMs?: (() => number) | undefined;
}

const CONTENT_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

/**
 * Any URL that takes a text by POST and answers with a summary. It reports no usage and no model.
 * Rejects with `usage` for a URL, template or path that can't be used.
 */
export async function createHttpProvider(options: HttpOptions): Promise<Provider> {
  const { transport, bodyType, epochMs = Date.now } = options;
  const endpoint = createEndpoint(parseUrl(options.url, '--url'), options.apiKey);
  const path = options.responsePath === undefined ? undefined : parseResponsePath(options.responsePath);
  const render = await createBodyRenderer(options.bodyTemplate, bodyType);
  const context: ErrorContext = { endpoint, urlOption: '--url', epochMs };
  const headers = {
    'content-type': CONTENT_TYPES[bodyType],
    accept: 'application/json, text/plain;q=0.9, */*;q=0.5',
    'user-agent': 'gistmill',
    ...endpoint.credentials,
  };
  return {
    name: 'http',
    attempt: async (request, signal) => {
      const reply = await transport.post({ url: endpoint.url, headers, body: render(request), signal });
      const text = readSummary(reply, path, context);
      const requestId = requestIdOf(reply.headers);
      const limits = parseLimitHints(reply.headers, epochMs());
      return {
        text,
        finish: { unified: 'stop' },
        usage: {},
        ...(requestId !== undefined && { requestId }),
        ...(limits.length > 0 && { limits }),
      };
    },
    close: () => transport.close(),
  };
}
