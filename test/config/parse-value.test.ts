import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OptionSpec, ValueKind } from '../../src/config/option-spec.ts';
import { parseValue, quote } from '../../src/config/parse-value.ts';

const spec = (kind: ValueKind, extra: Partial<OptionSpec> = {}): OptionSpec => ({
  key: 'any',
  kind,
  group: 'Test',
  help: 'for tests',
  ...extra,
});
const parse = (kind: ValueKind, given: unknown): unknown => parseValue(spec(kind), given, '--any');

test('an error names the option, what was wrong and what would be right', () => {
  expect(() => parseValue(spec('number'), '12x', '--rpm')).toThrow(
    '--rpm: "12x" is not a number; write e.g. 600',
  );
  expect(() => parseValue(spec('integer'), '4x', '--concurrency')).toThrow(
    '--concurrency: "4x" is not a whole number; write e.g. 8',
  );
  expect(() => parseValue(spec('number', { example: '0.3' }), 'hot', '--temperature')).toThrow(
    'write e.g. 0.3',
  );
  expect(() => parse('text', '')).toThrow('--any: the value is empty');
});

test('a text keeps its blanks, other values lose those around them', () => {
  expect(parse('text', '  two words \n')).toBe('  two words \n');
  expect(parse('path', ' odd name.txt')).toBe(' odd name.txt');
  expect(parse('integer', ' 8 ')).toBe(8);
  expect(parse('choice', ' csv')).toBe('csv');
});

test('switches take the usual words', () => {
  for (const word of ['true', '1', 'yes', 'ON', true]) expect(parse('flag', word)).toBe(true);
  for (const word of ['false', '0', 'No', 'off', false]) expect(parse('flag', word)).toBe(false);
  expect(() => parse('flag', 'maybe')).toThrow('"maybe" is not yes or no');
  expect(() => parse('flag', 1)).toThrow('is not yes or no');
});

describe('variables', () => {
  test('are texts by name, of flags and of a file', () => {
    expect(parse('vars', ['labels=a, b', 'mark==', 'labels=c', 'empty='])).toEqual({
      labels: 'c',
      mark: '=',
      empty: '',
    });
    expect(parse('vars', 'labels=a,b\nc')).toEqual({ labels: 'a,b\nc' });
    expect(parse('vars', { labels: ['a', 'b'], count: 3 })).toEqual({ labels: 'a,b', count: '3' });
  });

  test('of another form are refused', () => {
    expect(() => parse('vars', ['labels'])).toThrow('--any: "labels" is not key=text; write e.g. labels=a,b');
    expect(() => parse('vars', '=a')).toThrow('"=a" is not key=text');
    expect(() => parse('vars', 5)).toThrow('5 is not key=text');
    expect(() => parse('vars', { labels: { a: 1 } })).toThrow(
      '--any: labels is neither a text nor a list of texts',
    );
  });
});

describe('JSON values of a configuration file', () => {
  test('are taken as they are, a bare number of a time as seconds', () => {
    expect(parse('integer', 8)).toBe(8);
    expect(parse('duration', 1.5)).toBe(1500);
    expect(parse('size', 1024)).toBe(1024);
    expect(parse('limit', 0)).toEqual({ amount: 0, unit: 'count' });
    expect(parse('list', ['a,b', 'c'])).toEqual(['a,b', 'c']);
    expect(parse('params', { stop: ['\n'], n: 0 })).toEqual({ stop: ['\n'], n: 0 });
  });

  test('of another type are refused', () => {
    expect(() => parse('number', [1])).toThrow('[1] is not a number');
    expect(() => parse('number', Number.NaN)).toThrow('is not a number');
    expect(() => parse('text', 5)).toThrow('5 is not a text');
    expect(() => parse('list', ['a', 1])).toThrow('is not a list of names');
    expect(() => parse('list', { a: 1 })).toThrow('is not a list of names');
  });
});

test('a list is split at commas and has no gaps', () => {
  expect(parse('list', 'title, url')).toEqual(['title', 'url']);
  expect(() => parse('list', 'title,,url')).toThrow('"title,,url" is not a list of names');
});

describe('key=json', () => {
  test('any JSON value comes back, whatever its key', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((key) => key === key.trim() && !/[={]/.test(key)),
        fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value))),
        (key, value) => {
          const params = parse('params', [`${key}=${JSON.stringify(value)}`]) as Record<string, unknown>;
          expect(Object.entries(params)).toEqual([[key, value]]);
        },
      ),
    );
  });

  test('of a key given twice the last counts', () => {
    expect(parse('params', ['n=1', 'seed=0', 'n=2'])).toEqual({ n: 2, seed: 0 });
  });

  test('one JSON object does for all, as a variable needs it', () => {
    expect(parse('params', '{"n": 1, "user": "me"}')).toEqual({ n: 1, user: 'me' });
  });

  test('a bare word is refused with a hint at quotes, and is not repeated', () => {
    const attempt = (): unknown => parse('params', ['user=canary']);
    expect(attempt).toThrow('what follows "user=" is not JSON');
    expect(attempt).not.toThrow('canary');
    expect(attempt).toThrow(expect.objectContaining({ hint: `a text needs quotes: 'user="text"'` }));
    for (const given of ['word', '=1', '{"open', 7])
      expect(() => parse('params', given)).toThrow('top_p=0.9');
  });
});

test('a quoted value stays on one short line', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const shown = quote(value);
      expect(shown.length).toBeLessThanOrEqual(60);
      expect(shown).not.toMatch(/[\n\r]/);
    }),
  );
});
