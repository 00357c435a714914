import { expect, test } from 'vitest';
import { openAiBatchFormat } from '../../../src/output/formats/openai-batch.ts';
import type { ResultRow } from '../../../src/output/row-schema.ts';

const common = {
  key: 'k',
  made_by: 'm',
  content: 'c',
  id: 'r1',
  index: 0,
  attempts: 1,
  latency_ms: 5,
  at: { file: 'in', line: 1 },
};
const line = (row: object): Record<string, unknown> => JSON.parse(openAiBatchFormat.encode(row as ResultRow));

test('an answer is a chat completion', () => {
  const row = {
    ...common,
    status: 'ok',
    summary: 'hi',
    model: 'x',
    truncated: true,
    finish_reason: 'length',
    usage: { input_tokens: 2, output_tokens: 1 },
  };
  const { response, error, custom_id } = line(row);
  expect([custom_id, error]).toEqual(['r1', null]);
  expect(response).toMatchObject({
    status_code: 200,
    request_id: expect.any(String),
    body: {
      ...{ id: expect.any(String), object: 'chat.completion', created: expect.any(Number), model: 'x' },
      choices: [{ index: 0, finish_reason: 'length', message: { role: 'assistant', content: 'hi' } }],
      usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 },
    },
  });
});

test('tokens that are not known are not told', () => {
  const { response } = line({
    ...common,
    status: 'ok',
    summary: 'hi',
    finish_reason: 'other',
    usage: { input_tokens: 2 },
  });
  expect(response).not.toHaveProperty('body.usage');
  expect(response).toHaveProperty('body.choices.0.finish_reason', 'stop');
});

test('a failure has its reason, and the answer where there was one', () => {
  const failed = (error: object) => line({ ...common, status: 'error', usage: {}, error });
  expect(failed({ code: 'timeout', message: 'late', retryable: true })).toMatchObject({
    response: null,
    error: { code: 'timeout' },
  });
  expect(failed({ code: 'bad_request', message: 'no', http_status: 400, retryable: false })).toMatchObject({
    response: { status_code: 400, body: { error: { message: 'no' } } },
    error: { code: 'bad_request', message: 'no' },
  });
});

test('what a journal goes by comes first', () => {
  expect(
    openAiBatchFormat.encode({
      ...common,
      status: 'error',
      usage: {},
      error: { code: 'timeout', message: 'a\u2028b' },
    } as ResultRow),
  ).toMatch(/^\{"key":"k","made_by":"m","content":"c","status":"error",.*a\\u2028b.*\}\n$/);
});
