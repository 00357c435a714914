import { describe, expect, it } from 'vitest';
import { startMockServer } from '../../src/mock/start-mock-server.ts';
import { firstWords, openMock } from './ask-mock.ts';

const TEXT = 'One two three four five six seven.';

describe('a completion', () => {
  it('has the shape that OpenAI gives it', async () => {
    const { chat } = await openMock();
    const reply = await chat(TEXT);
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json',
      'x-request-id': expect.stringMatching(/^req_/),
      'openai-processing-ms': expect.stringMatching(/^\d+$/),
    });
    expect(reply.json()).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'm',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'One two three', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 },
    });
  });

  it('summarises the last message of the user, in parts or whole, with or without /v1', async () => {
    const { post } = await openMock({}, (text) => text);
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'answer' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'last ' },
          { type: 'text', text: 'one' },
        ],
      },
    ];
    const reply = await post('/chat/completions?x=1', JSON.stringify({ model: 'm', messages }));
    expect(reply.json().choices[0].message.content).toBe('last one');
    expect(reply.json().usage.prompt_tokens).toBe(3 + 2 + 2 + 2);
  });

  it('may come from a summariser that takes its time', async () => {
    const { chat } = await openMock({}, async (text) => text.toUpperCase());
    expect((await chat('é')).json().choices[0].message.content).toBe('É');
  });

  it.each(['max_tokens', 'max_completion_tokens'])('is cut at %s, between characters', async (name) => {
    const { chat } = await openMock({}, () => 'aé日本語 and so on');
    const { choices, usage } = (await chat(TEXT, { [name]: 2 })).json();
    expect(choices[0]).toMatchObject({ message: { content: 'aé日' }, finish_reason: 'length' });
    expect(usage.completion_tokens).toBe(2);
  });

  it('comes as a stream of events whose pieces make up the same text', async () => {
    const { chat } = await openMock({}, () => 'A summary, 日本語 and 👍 included.\n\nDone.');
    const reply = await chat(TEXT, { stream: true, stream_options: { include_usage: true } });
    expect(reply.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const events = reply.text.split('\n\n').slice(0, -1);
    expect(events.pop()).toBe('data: [DONE]');
    const chunks = events.map((event) => JSON.parse(event.slice('data: '.length)));
    const usage = chunks.pop();
    expect(usage).toMatchObject({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 12 } });
    expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '' });
    expect(chunks.at(-1).choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
    const text = chunks.map((chunk) => chunk.choices[0].delta.content ?? '').join('');
    expect(text).toBe('A summary, 日本語 and 👍 included.\n\nDone.');
    for (const chunk of chunks) expect(chunk).toMatchObject({ object: 'chat.completion.chunk', usage: null });
  });

  it('streams without usage where none is asked for', async () => {
    const { chat } = await openMock();
    expect((await chat(TEXT, { stream: true })).text).not.toContain('usage');
  });
});

describe('a refusal', () => {
  const cases = [
    ['no JSON', '{"model":', 400, null, null],
    ['a JSON array', '[]', 400, null, null],
    ['no model', '{"messages":[{"role":"user","content":"a"}]}', 400, null, null],
    ['no messages', '{"model":"m"}', 400, null, 'messages'],
    ['a message that is none', '{"model":"m","messages":[1]}', 400, null, 'messages[0]'],
    [
      'a wrong max_tokens',
      '{"model":"m","messages":[{"role":"user"}],"max_tokens":0}',
      400,
      null,
      'max_tokens',
    ],
    [
      'an unknown model',
      '{"model":"x","messages":[{"role":"user","content":"a"}]}',
      404,
      'model_not_found',
      null,
    ],
  ] as const;

  it.each(cases)('names what is wrong: %s', async (_name, body, status, code, param) => {
    const { post, server } = await openMock({ models: ['m'] });
    const reply = await post('/v1/chat/completions', body);
    expect(reply.status).toBe(status);
    expect(reply.json().error).toEqual({
      message: expect.any(String),
      type: 'invalid_request_error',
      param,
      code,
    });
    expect(server.stats()).toMatchObject({ requests: 1, errors: { [status]: 1 }, paid: 0 });
  });

  it('is a 401 for a wrong key and for none, and never repeats the key', async () => {
    const { chat, post, server } = await openMock({ key: 'sk-right-key-1234' });
    expect((await chat('a')).json().error).toMatchObject({ code: null });
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'a' }] });
    const wrong = await post('/v1/chat/completions', body, { authorization: 'Bearer sk-wrong-key-9876' });
    expect(wrong.status).toBe(401);
    expect(wrong.json().error).toMatchObject({ type: 'invalid_request_error', code: 'invalid_api_key' });
    expect(wrong.text).not.toContain('wrong-key');
    const right = await post('/v1/chat/completions', body, { authorization: 'Bearer sk-right-key-1234' });
    expect(right.status).toBe(200);
    expect(server.stats()).toMatchObject({ requests: 3, ok: 1, errors: { 401: 2 } });
  });

  it('is a 400 with the numbers when the context is too small', async () => {
    const { chat } = await openMock({ context: 10 });
    const long = await chat('x'.repeat(44));
    expect(long.json().error).toEqual({
      message:
        "This model's maximum context length is 10 tokens. However, your messages resulted in 11 tokens. Please reduce the length of the messages.",
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    });
    const greedy = await chat('x'.repeat(20), { max_tokens: 6 });
    expect(greedy.json().error.message).toContain('11 tokens (5 in the messages, 6 in the completion)');
    expect((await chat('x'.repeat(20), { max_tokens: 5 })).status).toBe(200);
  });

  it('cuts an answer that the context has no room for', async () => {
    const { chat } = await openMock({ context: 10 }, (text) => text);
    const { choices, usage } = (await chat('x'.repeat(32))).json();
    expect(choices[0].finish_reason).toBe('length');
    expect(usage).toEqual({ prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 });
  });

  it('is a 500 when the summariser fails, at once or late', async () => {
    const { chat, server } = await openMock({}, (text) => {
      if (text === 'late') return Promise.reject(new Error('late'));
      throw new Error('at once');
    });
    for (const text of ['at once', 'late']) {
      const reply = await chat(text);
      expect([reply.status, reply.json().error.type]).toEqual([500, 'server_error']);
    }
    expect(server.stats()).toMatchObject({ errors: { 500: 2 }, paid: 0, inFlight: 0 });
  });
});

describe('the other paths', () => {
  it('list the models, or any', async () => {
    const some = await openMock({ models: ['a', 'org/b'], key: 'k' });
    const auth = { authorization: 'Bearer k' };
    expect((await some.get('/v1/models')).status).toBe(401);
    const list = (await some.get('/v1/models', auth)).json();
    expect(list.object).toBe('list');
    expect(list.data.map((model: { id: string }) => model.id)).toEqual(['a', 'org/b']);
    expect((await some.get('/v1/models/org%2Fb', auth)).json()).toMatchObject({
      id: 'org/b',
      object: 'model',
    });
    expect((await some.get('/v1/models/c', auth)).json().error.code).toBe('model_not_found');

    const any = await openMock();
    expect((await any.get('/models')).json().data).toHaveLength(1);
    expect((await any.get('/models/whatever')).json().id).toBe('whatever');
  });

  it('show the figures, health, and start from zero', async () => {
    const { chat, get, post, server } = await openMock();
    await chat(TEXT);
    expect((await get('/stats')).json()).toEqual(server.stats());
    expect((await get('/healthz')).status).toBe(200);
    expect((await post('/reset', '')).status).toBe(200);
    expect(server.stats()).toMatchObject({ requests: 0, paid: 0, distinctPrompts: 0 });
  });

  it('are refused by name when they do not exist, and by method when they do', async () => {
    const { get, post } = await openMock();
    const unknown = await get('/v1/nothing');
    expect([unknown.status, unknown.json().error.message]).toEqual([404, 'Invalid URL (GET /nothing)']);
    expect((await get('/v1/chat/completions')).status).toBe(405);
    expect((await get('/reset')).status).toBe(405);
    expect((await post('/stats', '')).status).toBe(405);
  });
});

describe('the server', () => {
  it('says which option is wrong when its port or host cannot be had', async () => {
    const { server } = await openMock();
    await expect(startMockServer({ port: server.port }, firstWords)).rejects.toMatchObject({
      code: 'usage',
      message: `--port: ${server.port} is in use`,
      hint: expect.any(String),
    });
    await expect(startMockServer({ host: '192.0.2.1' }, firstWords)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('--host'),
    });
  });

  it('refuses shares of faults that add up to more than 1', async () => {
    await expect(startMockServer({ errorRate: 0.6, hangRate: 0.5 }, firstWords)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('1.1'),
    });
    await (await startMockServer({ errorRate: 0.7, resetRate: 0.2, hangRate: 0.1 }, firstWords)).close();
  });

  it('keeps connections alive for longer than clients do', async () => {
    const { chat } = await openMock();
    expect((await chat(TEXT)).headers['keep-alive']).toBe('timeout=75');
  });

  it('closes twice without harm', async () => {
    const server = await startMockServer({}, firstWords);
    await server.close();
    await server.close();
  });
});
