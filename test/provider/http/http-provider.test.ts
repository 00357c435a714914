import { afterEach, describe, expect, it } from 'vitest';
import type { CompletionRequest } from '../../../src/core/request.ts';
import { createHttpProvider, type HttpOptions } from '../../../src/provider/http/http-provider.ts';
import { createTransport } from '../../../src/provider/http-transport.ts';
import { type ScriptedReply, startScriptedServer } from '../../helpers/scripted-server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const request: CompletionRequest = {
  model: 'my-model',
  messages: [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'Summarise "this".' },
  ],
  params: {},
  document: {
    text: 'A "text"\nof two lines',
    fields: { id: 7, lang: 'sv', tags: ['a', 'b'], text: 'ignored' },
  },
};

async function ask(
  reply: ScriptedReply,
  options: Partial<HttpOptions> = {},
  changes: Partial<CompletionRequest> = {},
) {
  const server = await startScriptedServer([reply]);
  cleanups.push(() => server.close());
  const transport = createTransport({ connections: 2, env: {} });
  const url = `${server.url}/summarise`;
  const provider = await createHttpProvider({ url, bodyType: 'json', transport, ...options });
  cleanups.push(() => provider.close());
  const answer = await provider
    .attempt({ ...request, ...changes }, new AbortController().signal)
    .catch((error) => error);
  return { answer, sent: server.requests[0] };
}

const OK = { body: { summary: 'S.' } };

describe('what is sent', () => {
  it('is the text as JSON, with the key as a bearer token', async () => {
    const { sent } = await ask(OK, { apiKey: 'key-1234' });
    expect(sent).toMatchObject({ method: 'POST', url: '/summarise' });
    expect(sent?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer key-1234',
    });
    expect(JSON.parse(sent?.body ?? '')).toEqual({ text: request.document.text });
  });

  it('is what the template makes of the text, the prompt and the fields of the record', async () => {
    const bodyTemplate =
      '{"id": {{ id }}, "in": {{ text | json }}, "ask": {{ prompt | json }}, "sys": {{ system | json }}, "model": "{{ model }}", "tags": {{ tags | json }}}';
    const { sent } = await ask(OK, { bodyTemplate });
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      id: 7,
      in: request.document.text,
      ask: 'Summarise "this".',
      sys: 'Be short.',
      model: 'my-model',
      tags: ['a', 'b'],
    });
  });

  it('is a form of the fields of the template', async () => {
    const bodyTemplate =
      '{"q": {{ text | json }}, "tag": {{ tags | json }}, "n": 3, "none": null, "o": {"a": 1}}';
    const { sent } = await ask(OK, { bodyTemplate, bodyType: 'form' });
    expect(sent?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect([...new URLSearchParams(sent?.body)]).toEqual([
      ['q', request.document.text],
      ['tag', 'a'],
      ['tag', 'b'],
      ['n', '3'],
      ['o', '{"a":1}'],
    ]);
  });

  it('is a form with the text alone where there is no template', async () => {
    const { sent } = await ask(OK, { bodyType: 'form' });
    expect([...new URLSearchParams(sent?.body)]).toEqual([['text', request.document.text]]);
  });

  it('is nothing when the body is no JSON: the run has to be put right', async () => {
    const { answer, sent } = await ask(OK, { bodyTemplate: '{"text": "{{ text }}"}' });
    expect(answer).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('--body'),
      hint: expect.stringContaining('json'),
    });
    expect(sent).toBeUndefined();
  });

  it('holds nothing from the disk', async () => {
    const { answer, sent } = await ask(OK, { bodyTemplate: `{% render '${import.meta.filename}' %}` });
    expect(answer).toMatchObject({ message: expect.stringContaining('--body') });
    expect(sent).toBeUndefined();
  });

  it('is nothing for a record that lacks a field of the template', async () => {
    const { answer, sent } = await ask(OK, { bodyTemplate: '{"x": {{ topic | json }}}' });
    expect(answer).toMatchObject({ code: 'prompt_field', message: expect.stringContaining('topic') });
    expect(sent).toBeUndefined();
  });
});

describe('what comes back', () => {
  it.each<[string, ScriptedReply, Partial<HttpOptions>]>([
    ['the field summary', { body: { summary: 'S.', text: 'T.' } }, {}],
    ['the field text', { body: { text: 'S.', other: 1 } }, {}],
    ['the field output', { body: { text: 5, output: 'S.' } }, {}],
    ['a JSON string', { body: '"S."', headers: { 'content-type': 'application/json' } }, {}],
    ['plain text', { body: 'S.', headers: { 'content-type': 'text/plain' } }, {}],
    ['text without a type', { body: 'S.' }, {}],
    ['JSON sent as plain text', { body: '{"summary": "S."}', headers: { 'content-type': 'text/plain' } }, {}],
    [
      'a path',
      { body: { choices: [{ message: { content: 'S.' } }] } },
      { responsePath: 'choices[0].message.content' },
    ],
    ['a path with dots for indexes', { body: [{ summary_text: 'S.' }] }, { responsePath: '0.summary_text' }],
  ])('is taken from %s', async (_name, reply, options) => {
    const { answer } = await ask(reply, options);
    expect(answer).toMatchObject({ text: 'S.', finish: { unified: 'stop' }, usage: {} });
  });

  it('tells of limits and of the request', async () => {
    const { answer } = await ask({
      ...OK,
      headers: { 'x-request-id': 'r1', 'ratelimit-limit': '60', 'ratelimit-remaining': '59' },
    });
    expect(answer).toMatchObject({
      requestId: 'r1',
      limits: [{ unit: 'requests', limit: 60, remaining: 59 }],
    });
  });

  it.each<[string, ScriptedReply, Partial<HttpOptions>, object]>([
    [
      'no known field',
      { body: { answer: 'S.', n: 1 } },
      {},
      {
        code: 'unexpected_answer',
        message: 'the answer holds no text in summary, text or output; it has answer, n',
      },
    ],
    [
      'nothing at the path',
      { body: { summary: 'S.' } },
      { responsePath: 'a.b' },
      { code: 'unexpected_answer', message: expect.stringContaining('a.b') },
    ],
    [
      'a path into the prototype',
      { body: {} },
      { responsePath: 'constructor.name' },
      { code: 'unexpected_answer' },
    ],
    ['null at the path', { body: { a: null } }, { responsePath: 'a' }, { code: 'empty_answer' }],
    ['a blank summary', { body: { summary: ' ' } }, {}, { code: 'empty_answer' }],
    ['no body', { body: '' }, {}, { code: 'empty_answer' }],
    [
      'no JSON body',
      { body: '', headers: { 'content-type': 'application/json' } },
      {},
      { code: 'truncated_body' },
    ],
    [
      'broken JSON',
      { body: '{"summary": "S', headers: { 'content-type': 'application/json' } },
      {},
      { code: 'invalid_response' },
    ],
    [
      'a web page',
      { body: '<!doctype html><h1>Hi</h1>' },
      {},
      { code: 'wrong_url', hint: expect.stringContaining('--url') },
    ],
    [
      'an error inside a 200',
      { body: { error: { code: 503, message: 'busy' } } },
      {},
      { code: 'overloaded' },
    ],
    ['a 500', { status: 500, body: 'oops' }, {}, { code: 'server_error', message: '500: "oops"' }],
    [
      'a 429',
      { status: 429, headers: { 'retry-after': '3' }, body: '' },
      {},
      { code: 'rate_limited', retryAfterMs: 3000 },
    ],
    [
      'a 401',
      { status: 401, body: { detail: 'Not authenticated' } },
      {},
      { code: 'wrong_key', message: '401: Not authenticated' },
    ],
    [
      'a 422 that echoes the text',
      {
        status: 422,
        body: { detail: [{ loc: ['body', 'text'], msg: 'too short', input: 'model not found' }] },
      },
      {},
      { code: 'bad_request', message: '422: body.text: too short' },
    ],
  ])('is an error: %s', async (_name, reply, options, expected) => {
    const { answer } = await ask(reply, options);
    expect(answer).toBeInstanceOf(Error);
    expect(answer).toMatchObject(expected);
  });
});

describe('createHttpProvider', () => {
  const transport = createTransport({ connections: 1, env: {} });
  const create = (options: Partial<HttpOptions>) =>
    createHttpProvider({ url: 'http://127.0.0.1:1', bodyType: 'json', transport, ...options });

  it.each([
    [{ bodyTemplate: '{"a": {{ text | json }' }, '--body'],
    [{ bodyTemplate: '{{ text | nosuchfilter }}' }, '--body'],
    [{ responsePath: 'a..b' }, '--response-path'],
    [{ responsePath: 'a[x]' }, '--response-path'],
    [{ url: 'ftp://x' }, '--url'],
  ])('refuses %j by the name of its option', async (options, name) => {
    await expect(create(options)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(name),
    });
  });
});
