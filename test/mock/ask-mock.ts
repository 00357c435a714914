import { Agent, request } from 'undici';
import { afterEach } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import type { Summarise } from '../../src/mock/chat-endpoint.ts';
import type { MockServerOptions } from '../../src/mock/mock-server-options.ts';
import { type MockServer, startMockServer } from '../../src/mock/start-mock-server.ts';

/** Cheap and recognisable: the first three words. */
export const firstWords: Summarise = (text) => text.split(/\s+/).slice(0, 3).join(' ');

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a reply has any shape, and every test says which one it expects.
  json(): any;
}

const open: MockServer[] = [];
const agents: Agent[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
});

/** A mock server that ends with the test, and ways to ask it. */
export async function openMock(
  options: Partial<MockServerOptions> = {},
  summarise: Summarise = firstWords,
  clock?: Clock,
) {
  const server = await startMockServer(options, summarise, clock);
  const agent = new Agent();
  open.push(server);
  agents.push(agent);

  const send = async (
    method: 'GET' | 'POST',
    path: string,
    body?: string,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Reply> => {
    const reply = await request(`${server.url}${path}`, {
      method,
      headers,
      body: body ?? null,
      dispatcher: agent,
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await reply.body.text();
    return { status: reply.statusCode, headers: reply.headers, text, json: () => JSON.parse(text) };
  };
  return {
    server,
    get: (path: string, headers?: Record<string, string>) => send('GET', path, undefined, headers),
    post: (path: string, body: string, headers?: Record<string, string>) => send('POST', path, body, headers),
    /** Asks for a completion of one user message. */
    chat: (text: string, extra: object = {}, signal?: AbortSignal) =>
      send(
        'POST',
        '/v1/chat/completions',
        JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }], ...extra }),
        {},
        signal,
      ),
  };
}
