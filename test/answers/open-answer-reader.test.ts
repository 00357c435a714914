import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openAnswerReader } from '../../src/answers/open-answer-reader.ts';
import type { JsonObject } from '../../src/core/json.ts';

const PERSON = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    age: { type: 'integer', minimum: 0 },
    mood: { enum: ['good', 'bad'] },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['name', 'age'],
  additionalProperties: false,
} as const;

const reader = await openAnswerReader(PERSON);
const ADA = { name: 'Ada', age: 36 };
const json = JSON.stringify(ADA);

describe('an answer that is the data', () => {
  test.each([
    ['bare', json],
    ['laid out', JSON.stringify(ADA, null, 2)],
    ['in a code fence', `\`\`\`json\n${json}\n\`\`\``],
    ['in a fence without a language, with blanks', ` \`\`\`\n${json}\n\`\`\`  \n`],
    ['in a fence that is not closed', `\`\`\`json\n${json}`],
    ['after a sentence', `Here is the JSON you asked for:\n\n${json}`],
    ['between sentences with an apostrophe', `Here's what I found: ${json}\nThat's it, isn't it?`],
    ['after a bare tag', `json\n${json}`],
    ['after a byte order mark', `\uFEFF${json}`],
    ['after brackets that are no data of the schema', `As in [1], the person (see [2]): ${json}`],
    ['before a fence with something else', `${json}\n\nPlease note {that}.`],
    ['with a comma too many', '{"name": "Ada", "age": 36,}'],
    ['in single quotation marks', "{'name': 'Ada', 'age': 36}"],
  ])('is taken %s', (_, answer) => {
    expect(reader.read(answer)).toEqual({ ok: true, data: ADA });
  });

  test('keeps what looks like wrapping inside its texts', () => {
    const data = { name: '```json\n{"name": "no\\"', age: 1, tags: ['}', ']', "it's", '{'] };
    expect(reader.read(`So:\n${JSON.stringify(data)}\nDone.`)).toEqual({ ok: true, data });
  });

  test('has its syntax mended where nothing else changes', () => {
    expect(reader.read(`{'name': 'Ada\\'s "best"', 'age': 36, "tags": ['a',],}`)).toEqual({
      ok: true,
      data: { name: `Ada's "best"`, age: 36, tags: ['a'] },
    });
    expect(reader.read('{"name": "Ada", "age": 36, "tags": ["she said "yes" at once"]}')).toEqual({
      ok: true,
      data: { ...ADA, tags: ['she said "yes" at once'] },
    });
    expect(reader.read('{"name": "two\nlines", "age": 1}')).toEqual({
      ok: true,
      data: { name: 'two\nlines', age: 1 },
    });
  });
});

test('an answer that was cut off is a fault wherever the cut is, never a shorter object', () => {
  const value = { name: 'Ada "the" Countess', age: 36, tags: ['x{', 'y', "it's"] };
  const whole = `Sure:\n${JSON.stringify(value)}`;
  const from = whole.indexOf('{') + 1;
  for (let at = from; at < whole.length; at++) {
    expect(reader.read(whole.slice(0, at)), whole.slice(0, at)).toMatchObject({ ok: false });
  }
});

test('any JSON object is found unchanged between sentences', async () => {
  const anything = await openAnswerReader({ type: 'object' });
  const value = fc.dictionary(fc.string(), fc.jsonValue());
  const words = fc.constantFrom('', 'Here it is: ', "That's all.", '```json\n', '\n```', 'json\n');
  fc.assert(
    fc.property(words, value, words, (before, data, after) => {
      const plain = JSON.parse(JSON.stringify(data)) as JsonObject;
      expect(anything.read(before + JSON.stringify(data) + after)).toEqual({ ok: true, data: plain });
    }),
  );
});

test('no text makes the reader throw or take long', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('{', '[', '"', "'", '}', ']', ',', ':', 'a', '\\', ' ') }),
      (text) => {
        reader.read(text);
      },
    ),
  );
  for (const mark of ['{', '[', "'", '"', '{"a":', "{'"]) {
    expect(reader.read(mark.repeat(50_000))).toMatchObject({ ok: false });
  }
});

test('an answer is not mended where a repair would put in what was not there', () => {
  // jsonrepair takes the apostrophe for a quotation mark of the text.
  expect(reader.read(`{'name': 'Ada's "best"', 'age': 36}`)).toMatchObject({ ok: false });
  expect(reader.read('{"name": "Ada", "age": 36, /* a guess */}')).toMatchObject({ ok: false });
});

describe('a fault', () => {
  const faultOf = (answer: string) => {
    const read = reader.read(answer);
    return read.ok ? undefined : read.fault;
  };

  test('names the places and what is wanted there', () => {
    expect(faultOf('{"name": 5, "mood": "ugly", "tags": ["a", 1], "height": 2}')).toBe(
      'Your answer is not the JSON that was asked for. The value lacks the property "age". ' +
        'The value has the property "height", which is not allowed. /name must be of type string. ' +
        '/mood must be one of "good", "bad". /tags/1 must be of type string.',
    );
    expect(faultOf('{"name": "Ada", "age": -1}')).toContain('/age must be >= 0.');
  });

  test('tells of a few errors only', () => {
    const tags = Array.from({ length: 50 }, (_, n) => n);
    expect(faultOf(JSON.stringify({ name: 'Ada', age: 1, tags }))).toMatch(
      /\/tags\/4 must be of type string\. There are 45 more errors\.$/,
    );
  });

  test.each([
    ['The text is about Ada.', 'It holds no JSON.'],
    ['{name: Ada, age: 36}', 'Its JSON is not valid.'],
    [`${json}\n${JSON.stringify({ name: 'Bob', age: 1 })}`, 'It holds several JSON values'],
    ['{"name": "Ada"', 'It is JSON that does not end'],
    ['', 'It holds no JSON.'],
  ])('tells what %j is', (answer, what) => {
    expect(faultOf(answer)).toContain(what);
  });
});

describe('a schema', () => {
  test('may be of draft-07, and of a single text or number', async () => {
    const draft7 = await openAnswerReader({
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: { pair: { type: 'array', items: [{ type: 'string' }, { type: 'number' }] } },
      $ref: '#/definitions/pair',
    });
    expect(draft7.read('["a", 1]')).toMatchObject({ ok: true });
    expect(draft7.read('[1, "a"]')).toMatchObject({ ok: false });
    const number = await openAnswerReader({ type: 'number' });
    expect(number.read('```json\n42\n```')).toEqual({ ok: true, data: 42 });
  });

  test('has its formats checked', async () => {
    const day = await openAnswerReader({
      type: 'object',
      properties: { on: { type: 'string', format: 'date' } },
    });
    expect(day.read('{"on": "2026-02-28"}')).toMatchObject({ ok: true });
    expect(day.read('{"on": "tomorrow"}')).toMatchObject({
      ok: false,
      fault: /\/on must match format "date"/,
    });
  });

  test.each([
    ['a type that there is not', { type: 'strnig' }],
    ['a reference to another document', { $ref: 'https://example.com/person.json' }],
    ['a reference to nothing', { $ref: '#/$defs/nothing' }],
    [
      'what is no schema at all',
      { dependencies: Object.fromEntries([...'abcdefghijkl'].map((n) => [n, '^1.0.0'])) },
    ],
    ['another draft', { $schema: 'http://json-schema.org/draft-04/schema#' }],
    ['a pattern that is none', { type: 'string', pattern: '(' }],
  ])('with %s is refused in one line', async (_, schema) => {
    await expect(openAnswerReader(schema)).rejects.toMatchObject({
      code: 'usage',
      message: /^the schema cannot be used: [^\n]{1,600}$/,
    });
  });
});
