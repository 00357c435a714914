import { expect, test } from 'vitest';
import { AppError, ProviderError } from '../../../src/core/errors.ts';
import { adaptOwn } from '../../../src/provider/own/adapt-own.ts';
import { classifyOwnError } from '../../../src/provider/own/classify-own-error.ts';

const of = (thrown: unknown) => classifyOwnError(thrown, 'acme', ['topsecret']);
const like = (facts: object, message = 'no') => Object.assign(new Error(message), facts);

test.each([
  ['a code of ours', like({ code: 'context_too_long' }), 'context_too_long'],
  ['a status', like({ status: 429 }), 'rate_limited'],
  ['a status by its other name', like({ statusCode: 500 }), 'server_error'],
  ['a status and words', like({ status: 400 }, 'maximum context length is 10 tokens'), 'context_too_long'],
  [
    'a status and a code of the endpoint',
    like({ status: 429, code: 'insufficient_quota' }),
    'quota_exhausted',
  ],
  ['a wait alone', like({ retryAfterMs: 500 }), 'rate_limited'],
  ['a fault of the connection', like({ code: 'ECONNRESET' }), 'connection'],
  [
    'one that is hidden in the cause',
    new TypeError('fetch failed', { cause: like({ code: 'ENOTFOUND' }) }),
    'connection',
  ],
  ['a timeout', like({ name: 'TimeoutError' }), 'timeout'],
  ['nothing', new TypeError('x is not a function'), 'internal'],
  ['no error at all', 'just words', 'internal'],
  ['nothing whatever', undefined, 'internal'],
])('%s', (_what, thrown, code) => {
  const error = of(thrown);
  expect(error).toBeInstanceOf(ProviderError);
  expect(error.code).toBe(code);
});

test('an error of the package stays what it is', () => {
  const own = new ProviderError('overloaded', 'busy');
  expect(of(own)).toBe(own);
  const app = new AppError('usage', 'no');
  expect(of(app)).toBe(app);
});

test('what an error tells is kept, on one line and without the key', () => {
  expect(
    of(like({ status: 429, retryAfterMs: 250, requestId: 'r-1' }, 'slow\n\u001b[31mdown topsecret')),
  ).toMatchObject({
    status: 429,
    retryAfterMs: 250,
    requestId: 'r-1',
    message: 'acme: slow [31mdown ***',
  });
});

test('an answer without a text is none; finish and usage may be left out', async () => {
  const request = { model: 'm', messages: [], params: {}, document: { text: '', fields: {} } };
  const asked = (answer: unknown) =>
    adaptOwn({ name: 'acme', attempt: async () => answer as { text: string } }).attempt(
      request,
      new AbortController().signal,
    );
  expect(await asked({ text: 'S' })).toEqual({ text: 'S', finish: { unified: 'stop' }, usage: {} });
  for (const answer of [undefined, {}, { text: 1 }]) {
    await expect(asked(answer)).rejects.toMatchObject({ code: 'unexpected_answer' });
  }
});

test('an attempt that is aborted ends with the reason, whatever is thrown', async () => {
  const controller = new AbortController();
  const provider = adaptOwn({
    name: 'acme',
    attempt: (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('something else')));
      }),
  });
  const request = { model: 'm', messages: [], params: {}, document: { text: '', fields: {} } };
  const attempt = provider.attempt(request, controller.signal);
  const reason = new AppError('interrupted', 'enough');
  controller.abort(reason);
  await expect(attempt).rejects.toBe(reason);
});
