import { expect, test } from 'vitest';
import { ProviderError } from '../../src/core/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Lane } from '../../src/lanes/lane.ts';
import { laneOf, openLane } from '../../src/lanes/open-lane.ts';

const openai = await openLane('openai', 'openai', { env: {} });
const responses = await openLane('openai-responses', 'openai-responses', { env: {} });
const anthropic = await openLane('anthropic', 'anthropic', { env: {} });

/** The text, the code of the failure, or why there is none. */
function told(lane: Lane, line: JsonObject): unknown {
  const result = lane.read({ custom_id: 'c', ...line });
  if (result?.answer === undefined) return result?.why;
  try {
    const { text, usage } = result.answer();
    return [text, usage.inputTokens, usage.outputTokens];
  } catch (error) {
    return error instanceof ProviderError ? error.code : error;
  }
}

const chat = (content: string, finish = 'stop') => ({
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish }],
  usage: { prompt_tokens: 3, completion_tokens: 2 },
});
const response = (body: JsonObject, status = 200) => ({
  response: { status_code: status, request_id: 'r', body },
  error: null,
});
const failed = (code: string) => ({ error: { message: 'no', code } });

test.each([
  ['an answer', response(chat('hi')), ['hi', 3, 2]],
  ['a refusal', response(chat('', 'content_filter')), 'content_filtered'],
  ['a bad request', response(failed('context_length_exceeded'), 400), 'context_too_long'],
  ['a server error', response(failed('x'), 500), 'server_error'],
  ['too many requests', response(failed('rate_limit_exceeded'), 429), 'rate_limited'],
  ['expired', { response: null, error: { code: 'batch_expired', message: 'late' } }, 'batch_expired: late'],
  ['cancelled', { response: null, error: { code: 'batch_cancelled', message: 'so' } }, 'batch_cancelled: so'],
  ['a fault of theirs', { response: null, error: { code: 'internal', message: 'so' } }, 'server_error'],
  ['nothing', {}, ''],
])("OpenAI's results: %s", (_, line, expected) => {
  expect(told(openai, line as JsonObject)).toEqual(expected);
});

test("the Responses API's results are read as such", () => {
  const body = {
    output: [{ type: 'message', content: [{ type: 'output_text', text: 'hi' }] }],
    status: 'completed',
    usage: { input_tokens: 3, output_tokens: 2 },
  };
  expect(told(responses, response(body))).toEqual(['hi', 3, 2]);
  expect(responses.line('c', '{}')).toBe(
    '{"custom_id":"c","method":"POST","url":"/v1/responses","body":{}}\n',
  );
});

const errored = (type: string) => ({
  result: { type: 'errored', error: { type: 'error', error: { type, message: 'no' } } },
});

test.each([
  [
    'an answer',
    {
      result: {
        type: 'succeeded',
        message: {
          model: 'm',
          content: [{ type: 'text', text: 'hi' }],
          stop_reason: 'end_turn',
          usage: { input_tokens: 3, output_tokens: 2 },
        },
      },
    },
    ['hi', 3, 2],
  ],
  ['a bad request', errored('invalid_request_error'), 'bad_request'],
  ['an overload', errored('overloaded_error'), 'overloaded'],
  ['a fault of theirs', errored('api_error'), 'server_error'],
  ['expired', { result: { type: 'expired' } }, 'expired'],
  ['canceled', { result: { type: 'canceled' } }, 'canceled'],
  ['no result', { result: 1 }, undefined],
])("Anthropic's results: %s", (_, line, expected) => {
  expect(told(anthropic, line as JsonObject)).toEqual(expected);
});

test('what has no batches is told so', () => {
  expect(() => laneOf('ollama', 'ollama')).toThrow(/no batches with the provider ollama/);
});
