import type { Completion, CompletionRequest, Provider } from '../../../src/core/request.ts';
import { createTransport } from '../../../src/provider/http-transport.ts';
import type { HostedApiOptions } from '../../../src/provider/json-api-provider.ts';
import { type ScriptedHandler, startScriptedServer } from '../../helpers/scripted-server.ts';

export const REQUEST: CompletionRequest = {
  model: 'model-1',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Summarise.' },
    { role: 'assistant', content: 'What?' },
    { role: 'user', content: 'This.' },
  ],
  maxOutputTokens: 100,
  temperature: 0.3,
  params: {},
  document: { text: 'A text.', fields: {} },
};

export const SCHEMA = {
  name: 'news',
  schema: {
    type: 'object',
    properties: { topic: { type: 'string' } },
    required: ['topic'],
    additionalProperties: false,
  },
} as const;

/** A request as it came in at a server, its body parsed, and what became of the reply. */
export interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly result: Completion | Error;
}

/** Makes attempts, one for each change of the request, at a real server that answers by the script. */
export async function sentBy(
  create: (options: HostedApiOptions) => Provider,
  changes: readonly Partial<CompletionRequest>[],
  script: ScriptedHandler = () => ({ status: 500 }),
  options: Partial<HostedApiOptions> & { readonly path?: string } = {},
): Promise<readonly Sent[]> {
  const server = await startScriptedServer(script);
  const transport = createTransport({ connections: 4, env: {} });
  const { path = '', ...rest } = options;
  const provider = create({ baseUrl: server.url + path, apiKey: 'key-1234', transport, ...rest });
  try {
    const results: (Completion | Error)[] = [];
    for (const change of changes) {
      const attempt = provider.attempt({ ...REQUEST, ...change }, new AbortController().signal);
      results.push(await attempt.catch((error: Error) => error));
    }
    return server.requests.map(({ url, headers, body }, i) => ({
      url,
      headers,
      body: JSON.parse(body),
      result: results[i] as Completion | Error,
    }));
  } finally {
    await provider.close();
    await server.close();
  }
}
