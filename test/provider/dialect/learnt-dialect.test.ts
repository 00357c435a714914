import { describe, expect, test } from 'vitest';
import { ProviderError } from '../../../src/core/errors.ts';
import type { CompletionRequest } from '../../../src/core/request.ts';
import { type DialectOptions, LearntDialect } from '../../../src/provider/dialect/learnt-dialect.ts';

const BARE: DialectOptions = {
  known: {},
  isChat: true,
  byHand: { temperature: false, maxOutputTokens: false },
};
const request: CompletionRequest = {
  model: 'm',
  messages: [{ role: 'user', content: 'Hi' }],
  params: { user: 'me' },
  document: { text: 'Hi', fields: {} },
};
const refused = (message: string, status = 400) => new ProviderError('bad_request', message, { status });
const NO_TEMPERATURE = '`temperature` is deprecated for this model.';

describe('known facts hold from the start', () => {
  test('max_completion_tokens, with one object of parameters for all requests', () => {
    const dialect = new LearntDialect({ ...BARE, known: { maxTokensParam: 'max_completion_tokens' } });
    const sent = dialect.apply({ ...request, maxOutputTokens: 9 });
    expect(sent).not.toHaveProperty('maxOutputTokens');
    expect(sent.params).toEqual({ max_completion_tokens: 9, user: 'me' });
    expect(dialect.apply({ ...request, maxOutputTokens: 9 }).params).toBe(sent.params);
    expect(dialect.apply({ ...request, maxOutputTokens: 10 }).params).toMatchObject({
      max_completion_tokens: 10,
    });
    expect(dialect.apply(request)).toBe(request);
  });

  test('no temperature, unless it was set by hand: then the endpoint decides', () => {
    const known = { noTemperature: true } as const;
    const hot = { ...request, temperature: 1.5 };
    expect(new LearntDialect({ ...BARE, known }).apply(hot)).toEqual(request);
    const byHand = { temperature: true, maxOutputTokens: false };
    expect(new LearntDialect({ ...BARE, known, byHand }).apply(hot)).toBe(hot);
  });

  test('json_object in the place of a schema, until that is refused too', () => {
    const dialect = new LearntDialect({ ...BARE, known: { responseFormat: 'json_object' } });
    const asked = { ...request, schema: { name: 's', schema: { type: 'object' } } };
    const sent = dialect.apply(asked);
    expect(sent).toEqual({ ...request, params: { response_format: { type: 'json_object' }, user: 'me' } });
    const error = dialect.heed(refused('response_format is not supported'), asked, sent);
    expect(error).toMatchObject({ code: 'format_refused' });
    expect(dialect.apply(asked)).toBe(asked);
    const own = { ...asked, params: { response_format: { type: 'text' } } };
    expect(new LearntDialect({ ...BARE, known: { responseFormat: 'json_object' } }).apply(own)).toBe(own);
  });
});

test('a temperature that nobody set by hand is left out once it is refused', () => {
  const dialect = new LearntDialect(BARE);
  const warm = { ...request, temperature: 0.3 };
  const first = dialect.heed(refused(NO_TEMPERATURE), warm, warm);
  const second = dialect.heed(refused(NO_TEMPERATURE), warm, warm);
  expect(first).toMatchObject({ code: 'format_refused', cause: expect.any(ProviderError) });
  expect((second as Error).message).toBe((first as Error).message);
  expect(dialect.apply(warm)).toEqual(request);
  const bare = dialect.apply(warm);
  expect(dialect.heed(refused(NO_TEMPERATURE), warm, bare)).toMatchObject({ code: 'bad_request' });
});

test('other wires keep their own name for the longest answer', () => {
  const dialect = new LearntDialect({ ...BARE, isChat: false });
  const asked = { ...request, maxOutputTokens: 9 };
  expect(dialect.heed(refused("Unknown parameter: 'max_tokens'."), asked, asked)).toMatchObject({
    code: 'bad_request',
  });
  expect(dialect.apply(asked)).toBe(asked);
});

test.each([
  [new ProviderError('context_too_long', NO_TEMPERATURE, { status: 400 })],
  [new ProviderError('rate_limited', NO_TEMPERATURE, { status: 429 })],
  [new ProviderError('connection', NO_TEMPERATURE)],
  [new Error(NO_TEMPERATURE)],
])('what has another reason is left as it is: %s', (error) => {
  const warm = { ...request, temperature: 0.3 };
  expect(new LearntDialect(BARE).heed(error, warm, warm)).toBe(error);
});
