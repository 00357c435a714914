import { describe, expect, test } from 'vitest';
import { openAnswerReader } from '../../src/answers/open-answer-reader.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { fitSchema } from '../../src/mock/fit-schema.ts';
import { openMock } from './ask-mock.ts';

const SUMMARY = 'The ferry was fined. It sailed with too few people. The fine is high. It may appeal.';
const NEWS = {
  type: 'object',
  properties: { summary: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } },
  required: ['summary', 'tags'],
  additionalProperties: false,
} as const;
const asked = (schema: JsonObject) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'news', schema, strict: true } },
});

describe('a request for data', () => {
  test('is answered with data that fits its schema, made of the summary', async () => {
    const { chat } = await openMock({}, () => SUMMARY);
    const { choices } = (await chat('text', asked(NEWS))).json();
    expect(JSON.parse(choices[0].message.content)).toEqual({
      summary: SUMMARY,
      tags: ['The ferry was fined.', 'It sailed with too few people.', 'The fine is high.'],
    });
  });

  test('for any object is answered with one, and one for text with text', async () => {
    const { chat } = await openMock({}, () => SUMMARY);
    const content = async (type: string) =>
      (await chat('text', { response_format: { type } })).json().choices[0].message.content;
    expect(JSON.parse(await content('json_object'))).toEqual({ summary: SUMMARY });
    expect(await content('text')).toBe(SUMMARY);
    expect((await chat('text', { response_format: { type: 'yaml' } })).status).toBe(400);
  });

  test('may be refused, or answered in prose', async () => {
    const refusing = await openMock({ responseFormat: false }, () => SUMMARY);
    const reply = await refusing.chat('text', asked(NEWS));
    expect(reply.status).toBe(400);
    expect(reply.json().error.message).toBe('Unrecognized request argument supplied: response_format');
    expect((await refusing.chat('text')).status).toBe(200);
    const chatty = await openMock({ proseRate: 1 }, () => SUMMARY);
    expect((await chatty.chat('text', asked(NEWS))).json().choices[0].message.content).toBe(SUMMARY);
    expect(chatty.server.stats()).toMatchObject({ prose: 1, ok: 0 });
  });

  test('is about the text, not about what is said of the answer before', async () => {
    const { post } = await openMock({}, (text) => text);
    const messages = [
      { role: 'user', content: 'The text that is to be summarised, which is long.' },
      {
        role: 'assistant',
        content: 'An answer that is no JSON, which is much longer than the text itself is.',
      },
      { role: 'user', content: 'That is no JSON.' },
    ];
    const reply = await post('/v1/chat/completions', JSON.stringify({ model: 'm', messages }));
    expect(reply.json().choices[0].message.content).toBe(messages[0]?.content);
  });
});

test.each<[string, JsonObject]>([
  ['choices', { enum: ['a', 'b', null] }],
  ['numbers in steps', { type: 'number', minimum: 0.5, maximum: 2, multipleOf: 0.5 }],
  ['numbers beyond a bound', { type: 'integer', exclusiveMinimum: 100 }],
  ['texts of a length', { type: 'string', minLength: 200, maxLength: 210 }],
  [
    'formats',
    {
      type: 'object',
      properties: Object.fromEntries(
        ['date', 'date-time', 'email', 'uri', 'uuid'].map((format) => [format, { type: 'string', format }]),
      ),
    },
  ],
  ['what may be null', { anyOf: [{ type: 'null' }, { type: 'boolean' }] }],
  ['several types', { type: ['null', 'integer'] }],
  ['long lists', { type: 'array', items: NEWS, minItems: 7 }],
  [
    'definitions that refer to themselves',
    {
      $defs: {
        node: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
          },
          required: ['name', 'next'],
        },
      },
      $ref: '#/$defs/node',
    },
  ],
  ['joined schemas', { allOf: [NEWS, { required: ['summary'] }] }],
])('data is made for %s', async (_, schema) => {
  const reader = await openAnswerReader(schema);
  for (const summary of [SUMMARY, 'Short.']) {
    const data: Json = fitSchema(schema, summary);
    expect(reader.read(JSON.stringify(data))).toEqual({ ok: true, data });
  }
});
