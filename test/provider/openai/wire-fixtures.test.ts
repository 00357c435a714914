import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderError } from '../../../src/core/errors.ts';
import type { Completion, CompletionRequest, Provider, Usage } from '../../../src/core/request.ts';
import { createTransport } from '../../../src/provider/http-transport.ts';
import { createOpenAiProvider } from '../../../src/provider/openai/openai-provider.ts';
import { type ScriptedServer, startScriptedServer } from '../../helpers/scripted-server.ts';

interface WireCase {
  readonly name: string;
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly text?: string;
  readonly expect:
    | { readonly code: string; readonly usage?: Usage; readonly retryAfterMs?: number }
    | (Partial<Completion> & { readonly text: string });
}

const FOLDER = new URL('../../../fixtures/provider/openai/', import.meta.url);

function casesOf(file: string): readonly WireCase[] {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')).cases;
}

const request: CompletionRequest = {
  model: 'm',
  messages: [{ role: 'user', content: 'Summarise.' }],
  params: {},
  document: { text: 'A text.', fields: {} },
};

let current: WireCase | undefined;
let server: ScriptedServer;
let provider: Provider;

beforeAll(async () => {
  server = await startScriptedServer(() => ({
    status: current?.status ?? 500,
    ...(current?.headers && { headers: current.headers }),
    body: current?.text ?? current?.body,
  }));
  provider = createOpenAiProvider({
    baseUrl: server.url,
    transport: createTransport({ connections: 4, env: {} }),
  });
});

afterAll(async () => {
  await provider.close();
  await server.close();
});

describe.each(readdirSync(FOLDER))('replies in %s', (file) => {
  it.each(casesOf(file))('$name', async (wire) => {
    current = wire;
    const result = await provider.attempt(request, new AbortController().signal).catch((error) => error);
    if ('code' in wire.expect) {
      expect(result).toBeInstanceOf(ProviderError);
      expect(result.code).toBe(wire.expect.code);
      expect(result.retryAfterMs).toBe(wire.expect.retryAfterMs);
      expect(result.usage ?? {}).toEqual(wire.expect.usage ?? {});
      expect(result.message).toMatch(/^[\P{Cc}]{1,300}$/u);
    } else {
      expect(result).toMatchObject(wire.expect);
      expect(result.usage).toEqual(wire.expect.usage);
    }
  });
});
