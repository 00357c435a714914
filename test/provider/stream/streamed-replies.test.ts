import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Cancellation } from '../../../src/core/cancel-signal.ts';
import type { CompletionRequest, Provider } from '../../../src/core/request.ts';
import { createTransport } from '../../../src/provider/http-transport.ts';
import { createOpenAiProvider } from '../../../src/provider/openai/openai-provider.ts';
import { createOpenAiResponsesProvider } from '../../../src/provider/openai-responses/openai-responses-provider.ts';
import { openStreams } from '../../../src/provider/stream/open-streams.ts';
import { type ScriptedReply, startScriptedServer } from '../../helpers/scripted-server.ts';

const request: CompletionRequest = {
  model: 'm',
  messages: [{ role: 'user', content: 'Summarise.' }],
  params: {},
  document: { text: 'A text.', fields: {} },
};
const never = new AbortController().signal;

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
const delta = (content: string, finish_reason: string | null = null): string =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason }] });
const WHOLE = delta('Hello', 'stop');
const DONE = 'data: [DONE]\n\n';

/** A provider of streamed chat completions at this URL. */
async function chatAt(url: string, maxBodyBytes?: number): Promise<Provider> {
  const transport = createTransport({ connections: 1, env: {}, ...(maxBodyBytes && { maxBodyBytes }) });
  const provider = createOpenAiProvider({ baseUrl: url, transport, streaming: await openStreams() });
  open.unshift(() => provider.close());
  return provider;
}

/** A provider before a server that does what it likes with each response, whose type is that of streams. */
async function chatBefore(
  serve: (response: ServerResponse, request: IncomingMessage) => void,
  maxBodyBytes?: number,
): Promise<Provider> {
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      serve(response, incoming);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return chatAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, maxBodyBytes);
}

describe('the end of a streamed answer', () => {
  test('is its end mark, though the connection stays open; the next request gets one all the same', async () => {
    const provider = await chatBefore((response) => response.write(WHOLE + DONE));
    await expect(provider.attempt(request, never)).resolves.toMatchObject({ text: 'Hello' });
    await expect(provider.attempt(request, never)).resolves.toMatchObject({ text: 'Hello' });
  });

  test('is its finish reason, though the connection breaks after it', async () => {
    const provider = await chatBefore((response) => {
      response.write(WHOLE, () => response.socket?.resetAndDestroy());
    });
    await expect(provider.attempt(request, never)).resolves.toMatchObject({ text: 'Hello' });
  });

  test('is not where the connection breaks before', async () => {
    const provider = await chatBefore((response) => {
      response.write(delta('Hello'), () => response.socket?.resetAndDestroy());
    });
    await expect(provider.attempt(request, never)).rejects.toMatchObject({ code: 'truncated_body' });
  });

  test('comes at once when the attempt is cut off, and the endpoint notices', async () => {
    let left: Promise<unknown> | undefined;
    const cancellation = new Cancellation();
    const provider = await chatBefore((response) => {
      left = once(response, 'close');
      response.write(delta('Hello'));
    });
    const attempt = provider.attempt(request, cancellation, {
      heard: () => cancellation.abort(new Error('enough')),
    });
    await expect(attempt).rejects.toThrow('enough');
    await left;
  });

  test('comes before the answer is longer than is ever accepted', async () => {
    const provider = await chatBefore((response) => {
      const more = (): boolean => response.destroyed || response.write(delta('x'.repeat(500)), () => more());
      more();
    }, 10_000);
    await expect(provider.attempt(request, never)).rejects.toMatchObject({ code: 'response_too_large' });
  });
});

describe('who watches an answer', () => {
  test('is told of what comes, from its beginning on, and which pieces hold tokens', async () => {
    const heard: boolean[] = [];
    const pieces = [': waiting\n\n', delta(''), ': still there\n\n', delta('Hel'), delta('lo', 'stop'), DONE];
    let next = (): void => {};
    const provider = await chatBefore((response) => {
      next = () => {
        const piece = pieces.shift();
        if (piece !== undefined) response.write(piece);
      };
      next();
      // A comment before the answer is told to nobody, so nothing but time can send what follows it.
      setTimeout(() => next(), 20);
    });
    await provider.attempt(request, never, {
      heard: (hasTokens) => {
        heard.push(hasTokens);
        next();
      },
    });
    expect(heard).toEqual([false, false, true, true, false]);
  });

  test('is not told that an answer has begun while the Responses API says that it works', async () => {
    const heard: boolean[] = [];
    const text = { type: 'response.output_text.delta', delta: 'Hello' };
    const events = [
      { type: 'response.created', response: { status: 'in_progress' } },
      { type: 'response.in_progress', response: { status: 'in_progress' } },
      text,
      { type: 'response.completed', response: { object: 'response', status: 'completed', output: [] } },
    ];
    const body = events.map(event);
    const server = await startScriptedServer([
      {
        headers: { 'content-type': 'text/event-stream' },
        body: body.join(''),
        trickle: { chunk: body.slice(0, 2).join('').length, everyMs: 20 },
      },
    ]);
    open.push(() => server.close());
    const transport = createTransport({ connections: 1, env: {} });
    const streaming = await openStreams();
    const provider = createOpenAiResponsesProvider({ baseUrl: server.url, transport, streaming });
    open.unshift(() => provider.close());
    const { text: answer } = await provider.attempt(request, never, { heard: (it) => heard.push(it) });
    expect(answer).toBe('Hello');
    expect(heard[0]).toBe(true);
  });
});

describe('an endpoint that does not take', () => {
  const refusal = (message: string): ScriptedReply => ({ status: 400, body: { error: { message } } });

  async function ask(refused: string, params: CompletionRequest['params'] = {}) {
    const server = await startScriptedServer(({ body }) => {
      const { stream_options } = JSON.parse(body);
      if (stream_options !== undefined) return refusal(refused);
      return { headers: { 'content-type': 'text/event-stream' }, body: WHOLE + DONE };
    });
    open.push(() => server.close());
    const provider = await chatAt(server.url);
    const attempt = () => provider.attempt({ ...request, params }, never).catch((error) => error);
    return { attempt, sent: () => server.requests.map(({ body }) => JSON.parse(body)) };
  }

  test.each([
    "Unknown parameter: 'stream_options'.",
    "property 'stream_options' is unsupported, did you mean 'stream'?",
    'body.stream_options.include_usage: Extra inputs are not permitted',
  ])('stream_options is asked without, from then on: %s', async (message) => {
    const { attempt, sent } = await ask(message);
    expect(await attempt()).toMatchObject({
      code: 'format_refused',
      message: 'the endpoint does not take stream_options: it is left out',
    });
    expect(await attempt()).toMatchObject({ text: 'Hello', usage: {} });
    expect(await attempt()).toMatchObject({ text: 'Hello' });
    expect(sent().map(({ stream, stream_options }) => [stream, stream_options?.include_usage])).toEqual([
      [true, true],
      [true, undefined],
      [true, undefined],
    ]);
  });

  test('stream_options that were set by hand says so itself', async () => {
    const { attempt, sent } = await ask("Unknown parameter: 'stream_options'.", { stream_options: {} });
    expect(await attempt()).toMatchObject({ code: 'bad_request' });
    expect(sent()).toMatchObject([{ stream_options: {} }]);
  });

  test.each([
    'Your organization must be verified to stream this model. Please go to: https://example.com',
    "Unsupported value: 'stream' does not support true with this model.",
    'This model does not support streaming.',
    'Streaming is not supported for this model',
  ])('streams ends the run: %s', async (message) => {
    const { attempt } = await ask(message);
    expect(await attempt()).toMatchObject({ code: 'option_refused', hint: expect.stringContaining('leave') });
  });
});
