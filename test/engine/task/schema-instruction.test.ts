import { expect, test } from 'vitest';
import type { Message, Prompt, PromptStep } from '../../../src/core/request.ts';
import { withSchema } from '../../../src/engine/task/schema-instruction.ts';

const schema = { name: 'person', schema: { type: 'object' } };
const record = { text: 'a text', fields: {}, id: 'a', index: 0 };

function render(messages: readonly Message[], step?: PromptStep) {
  const prompt: Prompt = {
    render: ({ text, fields }) => ({ model: 'm', messages, params: {}, document: { text, fields } }),
  };
  return withSchema(prompt, schema).render(record, step);
}

test('the schema goes with the request and, in words, into its system message', () => {
  const user = { role: 'user', content: 'a text' } as const;
  const alone = render([user]);
  expect(alone.schema).toBe(schema);
  expect(alone.messages).toEqual([
    { role: 'system', content: expect.stringContaining('{"type":"object"}') },
    user,
  ]);
  const beside = render([{ role: 'system', content: 'Be brief.' }, user]);
  expect(beside.messages).toHaveLength(2);
  expect(beside.messages[0]?.content).toMatch(/^Be brief\.\n\nAnswer with nothing but one JSON value/);
});

test('only the final answer about a long text is to be data', () => {
  const asked = (step: PromptStep) => render([{ role: 'user', content: 'x' }], step).schema !== undefined;
  expect(asked({ kind: 'map', part: 1, parts: 2 })).toBe(false);
  expect(asked({ kind: 'reduce', answers: ['a', 'b'], last: false })).toBe(false);
  expect(asked({ kind: 'reduce', answers: ['a', 'b'], last: true })).toBe(true);
  expect(asked({ kind: 'refine', part: 2, parts: 3, answer: 'a' })).toBe(false);
  expect(asked({ kind: 'refine', part: 3, parts: 3, answer: 'a' })).toBe(true);
});
