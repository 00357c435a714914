import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { PromptStep } from '../../src/core/request.ts';
import { type AsSentOptions, asSent } from '../../src/prompt/as-sent.ts';
import { createPrompt } from '../../src/prompt/create-prompt.ts';

const inner = await createPrompt({ model: 'm', prompt: 'Sum up: {{text}}', params: {} });
const usual: AsSentOptions = { model: 'm', ownModels: false, isChat: true, params: { top_k: 1 } };

function render(body: JsonObject, options: Partial<AsSentOptions> = {}, step?: PromptStep) {
  const fields = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body };
  return asSent(inner, { ...usual, ...options }).render(
    { text: 'all of it', fields, id: 'a', index: 0 },
    step,
  );
}

const messages = [
  { role: 'system', content: 'be short' },
  { role: 'user', content: 'hello' },
];

test('other records are prompted for as ever', () => {
  const record = { text: 'it', fields: { text: 'it' }, id: 'a', index: 0 };
  expect(asSent(inner, usual).render(record).messages).toMatchObject([{ content: 'Sum up: it' }]);
});

test('a body that chat completions take stays as it is', () => {
  const {
    messages: sent,
    params,
    model,
    maxOutputTokens,
    temperature,
  } = render({
    ...{ model: 'own', messages, max_tokens: 5, temperature: 1, seed: 3, stream: true },
  });
  expect([sent, params, model]).toEqual([
    messages,
    { top_k: 1, max_tokens: 5, temperature: 1, seed: 3 },
    'm',
  ]);
  expect([maxOutputTokens, temperature]).toEqual([undefined, undefined]);
});

test('messages that are more than texts are sent as they are, and read as texts', () => {
  const parts = [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'look' },
        { type: 'image_url', image_url: {} },
      ],
    },
  ];
  const { messages: read, params, document } = render({ messages: parts });
  expect([read, params.messages, document.text]).toEqual([
    [{ role: 'user', content: 'look' }],
    parts,
    'look',
  ]);
});

test('what a body lacks is taken from the options; the model is its own where none is named', () => {
  const options = { maxOutputTokens: 9, temperature: 0.5, ownModels: true };
  expect(render({ model: 'own', messages }, options)).toMatchObject({
    model: 'own',
    maxOutputTokens: 9,
    temperature: 0.5,
  });
  expect(render({ messages, max_completion_tokens: 3 }, options)).not.toHaveProperty('maxOutputTokens');
  expect(render({ messages }, options).model).toBe('m');
  expect(asSent(inner, { ...usual, ownModels: true }).settings.model).toBe(null);
});

test('for other wires it is put in their words', () => {
  const schema = { type: 'object' };
  const body = {
    ...{
      messages: [{ role: 'developer', content: 'be short' }],
      max_completion_tokens: 7,
      temperature: 0,
      top_p: 0.1,
      seed: 3,
    },
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema } },
  };
  expect(render(body, { isChat: false })).toMatchObject({
    ...{ messages: [{ role: 'system', content: 'be short' }], maxOutputTokens: 7, temperature: 0 },
    ...{ params: { top_k: 1, top_p: 0.1 }, schema: { name: 'n', schema } },
  });
});

test('no part of it is asked about, and it has no hash of its content alone', () => {
  expect(() => render({ messages }, {}, { kind: 'map', part: 1, parts: 2 })).toThrow(
    /sent whole or not at all/,
  );
  expect(render({ messages }).document).not.toHaveProperty('contentHash');
});
