import { expect, test } from 'vitest';
import { answer, startMock, startScripted } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows } from '../helpers/result-rows.ts';

const request = (n: number, body: object = {}) => ({
  custom_id: `request-${n}`,
  method: 'POST',
  url: '/v1/chat/completions',
  body: {
    model: 'own-model',
    messages: [
      { role: 'system', content: `be ${n % 2}` },
      { role: 'user', content: 'hello' },
    ],
    max_completion_tokens: 1000,
    ...body,
  },
});
const lines = (...values: readonly object[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

interface Line {
  readonly id: string;
  readonly custom_id: string;
  readonly response: {
    readonly status_code: number;
    readonly body: { readonly choices: readonly { readonly message: { readonly content: string } }[] };
  } | null;
  readonly error: { readonly code: string } | null;
}

const parsed = (output: string): Line[] =>
  output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

test.concurrent('the requests of a batch file are sent as they are', async () => {
  const { server } = await startScripted((text) => answer(`${text} yourself`));
  const requests = [
    request(0, { temperature: 0.3, seed: 7, stop: ['\n'] }),
    request(1, { messages: [{ role: 'user', content: [{ type: 'text', text: 'parts' }], name: 'me' }] }),
    request(2, { stream: true, stream_options: { include_usage: true } }),
  ];
  const { path } = await makeFolder({ 'in.jsonl': lines(...requests) });
  const { exitCode, stdout, stderr } = await run(['in.jsonl', '-c', '1', '--base-url', `${server.url}/v1`], {
    cwd: path,
  });
  expect(exitCode, stderr).toBe(0);
  expect(server.requests.map(({ body }) => JSON.parse(body))).toEqual([
    requests[0]?.body,
    requests[1]?.body,
    request(2).body,
  ]);
  expect(okRows(stdout).map(({ id }) => id)).toEqual(['request-0', 'request-1', 'request-2']);
});

test.concurrent('what is given wins over the model; what a request lacks is taken from the options', async () => {
  const { server } = await startScripted(() => answer('a summary'));
  const { max_completion_tokens: _, ...bare } = request(0).body;
  const { path } = await makeFolder({ 'in.jsonl': lines({ ...request(0), body: bare }, request(1)) });
  const flags = [
    '--base-url',
    `${server.url}/v1`,
    '-m',
    'other',
    '--max-output-tokens',
    '9',
    '--param',
    'top_p=0.5',
    '-c',
    '1',
  ];
  await run(['in.jsonl', '--input-format', 'openai-batch', ...flags], { cwd: path });
  expect(server.requests.map(({ body }) => JSON.parse(body))).toMatchObject([
    { model: 'other', max_tokens: 9, top_p: 0.5, messages: request(0).body.messages },
    { model: 'other', max_completion_tokens: 1000, top_p: 0.5 },
  ]);
  expect(JSON.parse(server.requests[1]?.body ?? '{}')).not.toHaveProperty('max_tokens');
});

test.concurrent('requests that differ only in what stands around the text are not taken for one', async () => {
  const { server, flags } = await startMock();
  const { path } = await makeFolder({ 'in.jsonl': lines(request(0), request(1), request(2)) });
  const { stdout } = await run(['in.jsonl', '-c', '1', ...flags.slice(0, 2)], { cwd: path });
  expect(okRows(stdout)).toHaveLength(3);
  expect(server.stats().requests).toBe(2);
});

test.concurrent('results in the form of batch files, after which a run goes on', async () => {
  const { server } = await startScripted((_, n) =>
    n === 1 ? { status: 400, body: { error: { message: 'no', code: 'invalid_value' } } } : answer('hi'),
  );
  const { path, read } = await makeFolder({ 'in.jsonl': lines(request(0), request(1)) });
  const args = [
    'in.jsonl',
    '-o',
    'out.jsonl',
    '-f',
    'openai-batch',
    '-c',
    '1',
    '--base-url',
    `${server.url}/v1`,
  ];
  expect((await run(args, { cwd: path })).exitCode).toBe(1);
  expect(parsed(read('out.jsonl'))).toMatchObject([
    {
      custom_id: 'request-0',
      error: null,
      response: {
        status_code: 200,
        body: {
          object: 'chat.completion',
          choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        },
      },
    },
    { custom_id: 'request-1', response: { status_code: 400 }, error: { code: 'bad_request' } },
  ]);
  const again = await run(args, { cwd: path });
  expect(again.exitCode).toBe(0);
  expect(again.stderr).toMatch(/^reused {5}1 of earlier runs; the rest: 0 new, 1 that had failed$/m);
  expect(parsed(read('out.jsonl')).map(({ custom_id, error }) => [custom_id, error])).toEqual([
    ['request-0', null],
    ['request-1', null],
  ]);
});

test.concurrent('lines that are no such requests are error rows, and the others are done', async () => {
  const { flags } = await startMock();
  const bad = [{ ...request(1), url: '/v1/embeddings' }, { custom_id: 'x' }, request(3, { messages: [] })];
  const { path } = await makeFolder({ 'in.jsonl': lines(request(0), ...bad) });
  const { stdout, exitCode } = await run(['in.jsonl', '-f', 'openai-batch', ...flags.slice(0, 2)], {
    cwd: path,
  });
  expect(exitCode).toBe(1);
  expect(parsed(stdout).map(({ custom_id, error }) => [custom_id, error?.code])).toEqual(
    expect.arrayContaining([
      ['request-0', undefined],
      ['request-1', 'invalid_record'],
      ['x', 'invalid_record'],
      ['request-3', 'invalid_record'],
    ]),
  );
});

test.concurrent('a batch file goes into a batch, with a model for each request', async () => {
  const { server } = await startMock({ batchTime: 0 });
  const { path, read } = await makeFolder({ 'in.jsonl': lines(request(0), request(1, { model: 'second' })) });
  const args = ['-o', 'out.jsonl', '-f', 'openai-batch', '--base-url', `${server.url}/v1`];
  expect((await run(['batch', 'submit', 'in.jsonl', ...args], { cwd: path })).exitCode).toBe(0);
  const sent = await (await fetch(`${server.url}/v1/files/file-1/content`)).text();
  expect(
    sent
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { body: object }).body),
  ).toEqual([request(0).body, request(1, { model: 'second' }).body]);
  const { exitCode, stderr } = await run(['batch', 'fetch', 'out.jsonl'], { cwd: path });
  expect(exitCode, stderr).toBe(0);
  expect(parsed(read('out.jsonl')).map(({ custom_id }) => custom_id)).toEqual(['request-0', 'request-1']);
});

test.concurrent('other endpoints get of a request what they know', async () => {
  const { path } = await makeFolder({
    'in.jsonl': lines(request(0, { messages: [{ role: 'user', content: 'One is here. Two is there.' }] })),
  });
  const { stdout } = await run(['in.jsonl', '--provider', 'local'], { cwd: path });
  expect(okRows(stdout)[0]?.summary).toMatch(/^(One|Two) is/);
  const shown = await run(['prompt', 'in.jsonl', '--provider', 'anthropic', '--json'], { cwd: path });
  expect(JSON.parse(shown.stdout)).toMatchObject({
    request: { body: { model: 'own-model', max_tokens: 1000, messages: [{ role: 'user' }] } },
  });
});
