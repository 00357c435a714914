import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompletionRequest } from '../../../src/core/request.ts';
import { requestKey } from '../../../src/engine/complete/request-key.ts';

const request: CompletionRequest = {
  model: 'm',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Once.' },
  ],
  params: { seed: 1 },
  document: { text: 'Once.', fields: { text: 'Once.', lang: 'en', row: 1 } },
};
const user = (content: string): CompletionRequest => ({ ...request, messages: [{ role: 'user', content }] });

describe('the key of a request', () => {
  test.each<[string, CompletionRequest]>([
    ['the model', { ...request, model: 'n' }],
    ['the user message', user('Twice.')],
    ['the system message', { ...request, messages: request.messages.slice(1) }],
    ['the parameters', { ...request, params: { seed: 2 } }],
    ['the temperature', { ...request, temperature: 0 }],
    ['the longest answer', { ...request, maxOutputTokens: 9 }],
  ])('depends on %s', (_, other) => {
    const keyOf = requestKey({ identity: 'x' });
    expect(keyOf(other)).not.toBe(keyOf(request));
    expect(keyOf(request)).toBe(keyOf(structuredClone(request)));
  });

  test('depends on what else makes the answer', () => {
    expect(requestKey({ identity: 'x' })(request)).not.toBe(requestKey({ identity: 'y' })(request));
  });

  test('depends on the document only where the provider takes it, and then on the fields that it uses', () => {
    const row2 = { ...request, document: { ...request.document, fields: { lang: 'en', row: 2 } } };
    const german = { ...request, document: { ...request.document, fields: { lang: 'de', row: 1 } } };
    const text = { ...request, document: { ...request.document, text: 'Twice.' } };
    const same = (document: Parameters<typeof requestKey>[0]['document'], other: CompletionRequest) => {
      const keyOf = requestKey({ identity: 'x', document });
      return keyOf(other) === keyOf(request);
    };
    expect([row2, german, text].map((other) => same(undefined, other))).toEqual([true, true, true]);
    expect([row2, german, text].map((other) => same({ fields: [] }, other))).toEqual([true, true, false]);
    expect([row2, german, text].map((other) => same({ fields: ['lang'] }, other))).toEqual([
      ...[true, false, false],
    ]);
    expect([row2, german, text].map((other) => same({ fields: 'all' }, other))).toEqual([
      ...[false, false, false],
    ]);
  });

  test('differs for any two lists of messages', () => {
    const message = fc.record({
      role: fc.constantFrom('user' as const, 'system' as const),
      content: fc.string({ unit: fc.constantFrom('a', '\n', ' ', '1', 'user 1\na'), maxLength: 4 }),
    });
    const messages = fc.array(message, { maxLength: 3 });
    const keyOf = requestKey({ identity: 'x' });
    fc.assert(
      fc.property(messages, messages, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(keyOf({ ...request, messages: one }) === keyOf({ ...request, messages: other })).toBe(same);
      }),
    );
  });
});
