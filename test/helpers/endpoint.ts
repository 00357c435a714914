import { afterAll } from 'vitest';
import type { MockServerOptions } from '../../src/mock/mock-server-options.ts';
import { type MockServer, startMockServer } from '../../src/mock/start-mock-server.ts';
import {
  type ScriptedReply,
  type ScriptedRequest,
  type ScriptedServer,
  startScriptedServer,
} from './scripted-server.ts';

const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

export interface Endpoint<Server> {
  readonly server: Server;
  /** The flags that send a run to it. The prompt is the text alone, and the mock answers with its text. */
  readonly flags: readonly string[];
}

/** A mock endpoint that gives every text back as its own summary; it ends with the tests of the file. */
export async function startMock(options: Partial<MockServerOptions> = {}): Promise<Endpoint<MockServer>> {
  return opened(await startMockServer(options, (text) => text));
}

/** An endpoint that answers each request by a function of its text. `n` is 0 for a text's first request. */
export async function startScripted(
  reply: (text: string, n: number) => ScriptedReply,
): Promise<Endpoint<ScriptedServer>> {
  const seen = new Map<string, number>();
  const server = await startScriptedServer((request) => {
    const text = textOf(request);
    const n = seen.get(text) ?? 0;
    seen.set(text, n + 1);
    return reply(text, n);
  });
  return opened(server);
}

/** A good answer in the shape of chat completions. */
export function answer(text: string): ScriptedReply {
  return {
    body: {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    },
  };
}

function textOf({ body }: ScriptedRequest): string {
  return (JSON.parse(body) as { messages: { content: string }[] }).messages.at(-1)?.content ?? '';
}

function opened<Server extends { readonly url: string; close(): Promise<void> }>(
  server: Server,
): Endpoint<Server> {
  open.push(server);
  return { server, flags: ['--base-url', `${server.url}/v1`, '--model', 'm', '--prompt', '{{text}}'] };
}
