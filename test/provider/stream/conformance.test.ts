import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProviderError } from '../../../src/core/errors.ts';
import type { Completion, CompletionRequest, Provider } from '../../../src/core/request.ts';
import { createTransport, type Transport } from '../../../src/provider/http-transport.ts';
import { openStreams } from '../../../src/provider/stream/open-streams.ts';
import { type ScriptedServer, startScriptedServer } from '../../helpers/scripted-server.ts';
import { type StreamCase, streamCasesOf } from '../helpers/wire-cases.ts';
import { WIRES, type WireUnderTest } from '../helpers/wires.ts';

/** What every provider that streams has to be shown with. */
const SHAPES = [
  ...['success', 'no end mark', 'error in the stream', 'end mark in the text', 'loose framing'],
  ...['multi-byte characters', 'last event without a blank line', 'cut event', 'JSON instead of a stream'],
  ...['wrong content type', 'HTTP error', 'broken event', 'cut at the output limit'],
];
/** Bytes that are sent at once: fewer than most lines have, and no divisor of a character's. */
const CHUNK = 61;

const request: CompletionRequest = {
  model: 'm',
  messages: [{ role: 'user', content: 'Summarise.' }],
  params: {},
  document: { text: 'A text.', fields: {} },
};
/** Bedrock's streams are not read. */
const STREAMING = WIRES.filter(({ name }) => name !== 'bedrock');

const never = new AbortController().signal;

describe.each(STREAMING)('streams of $name', (wire: WireUnderTest) => {
  const cases = streamCasesOf(wire.name);
  let current: StreamCase | undefined;
  let server: ScriptedServer;
  let provider: Provider;

  beforeAll(async () => {
    server = await startScriptedServer(() => ({
      status: current?.status ?? 200,
      headers: { 'content-type': typeOf(wire, current) },
      body: bodyOf(current),
      trickle: { chunk: CHUNK, everyMs: 0 },
    }));
    const transport = createTransport({ connections: 4, env: {} });
    provider = wire.create({ baseUrl: server.url, apiKey: 'KEY', transport, streaming: await openStreams() });
  });

  afterAll(async () => {
    await provider.close();
    await server.close();
  });

  test.each(cases)('$name', async (streamed) => {
    current = streamed;
    const result = await provider.attempt(request, never).catch((error) => error);
    checkResult(result, streamed.expect);
  });

  test('are shown in every shape', () => {
    const shown = new Set(cases.map(({ shape }) => shape));
    expect(SHAPES.filter((shape) => !shown.has(shape))).toEqual([]);
  });

  test('are asked for', () => {
    for (const { url, body, headers } of server.requests) {
      if (wire.name === 'gemini') expect(url).toMatch(/:streamGenerateContent\?alt=sse$/);
      else expect(JSON.parse(body)).toMatchObject({ stream: true });
      expect(headers.accept).toMatch(/^(text\/event-stream|application\/x-ndjson), application\/json$/);
    }
  });

  test.each(cases)('however its bytes are cut: $name', async (streamed) => {
    const bytes = bodyOf(streamed);
    const at = fc.uniqueArray(fc.integer({ min: 1, max: Math.max(1, bytes.length - 1) }), { maxLength: 40 });
    const { attempt, close } = await inProcess(wire, streamed);
    const whole = await attempt([]);
    await fc.assert(
      fc.asyncProperty(at, async (cuts) => {
        expect(await attempt(cuts)).toEqual(whole);
      }),
      { numRuns: 25 },
    );
    expect(await attempt(Array.from(bytes, (_, i) => i + 1).slice(0, -1))).toEqual(whole);
    await close();
  });
});

/** A provider whose replies are cut at these bytes, without a network. */
async function inProcess(wire: WireUnderTest, streamed: StreamCase) {
  let pieces: readonly Buffer[] = [];
  const head = { status: streamed.status ?? 200, headers: { 'content-type': typeOf(wire, streamed) } };
  const transport: Transport = {
    post: async ({ takerOf }) => {
      const taker = takerOf?.(head);
      if (taker === undefined) return { ...head, body: Buffer.concat(pieces) };
      for (const piece of pieces) if (taker.take(piece)) break;
      return { ...head, body: Buffer.alloc(0) };
    },
    close: async () => {},
  };
  const provider = wire.create({
    ...{ baseUrl: 'http://127.0.0.1:1', apiKey: 'KEY', transport },
    streaming: await openStreams(),
  });
  const attempt = async (cuts: Iterable<number>): Promise<unknown> => {
    const bytes = bodyOf(streamed);
    const sorted = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
    pieces = sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end));
    const result = await provider.attempt(request, never).catch((error: ProviderError) => error);
    return result instanceof Error ? { code: result.code, message: result.message } : result;
  };
  return { attempt, close: () => provider.close() };
}

function bodyOf(streamed: StreamCase | undefined): Buffer {
  return Buffer.from(streamed?.lines.join(streamed.eol ?? '\n') ?? '');
}

function typeOf({ name }: WireUnderTest, streamed: StreamCase | undefined): string {
  return streamed?.type ?? (name === 'ollama' ? 'application/x-ndjson' : 'text/event-stream; charset=utf-8');
}

function checkResult(result: unknown, expected: StreamCase['expect']): void {
  if (!('code' in expected)) {
    expect(result).not.toBeInstanceOf(Error);
    expect(result).toMatchObject(expected);
    expect((result as Completion).usage).toEqual(expected.usage);
    return;
  }
  expect(result).toBeInstanceOf(ProviderError);
  const error = result as ProviderError;
  expect(error.code, error.message).toBe(expected.code);
  expect(error.retryAfterMs).toBe(expected.retryAfterMs);
  expect(error.usage ?? {}).toEqual(expected.usage ?? {});
  expect(error.message).toContain(expected.says ?? '');
}
