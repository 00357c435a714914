import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonScanner } from '../../src/journal/json-scanner.ts';

const scanner = new JsonScanner();

/** The members of an object as the scanner finds them, or undefined where it refuses. */
function scan(text: string): [string, string][] | undefined {
  const bytes = Buffer.from(text);
  const found: [string, string][] = [];
  const isValid = scanner.members(bytes, 0, bytes.length, (nameFrom, nameTo, from, to) => {
    found.push([bytes.toString('utf8', nameFrom, nameTo), bytes.toString('utf8', from, to)]);
  });
  return isValid ? found : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const record = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));

describe('the JSON scanner', () => {
  it('finds the members of whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(record, (value) => {
        const expected = Object.entries(value).map(([name, inner]) => [
          JSON.stringify(name).slice(1, -1),
          JSON.stringify(inner),
        ]);
        expect(scan(JSON.stringify(value))).toEqual(expected);
      }),
    );
  });

  it('accepts nothing that JSON.parse refuses', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '\\',
      'u00e9',
      '-',
      '0',
      '12',
      '.',
      'e',
      'true',
      'nul',
      ' ',
      '\n',
      'é',
    );
    fc.assert(
      fc.property(record, fc.nat(), fc.nat({ max: 3 }), piece, (value, place, cut, put) => {
        const text = JSON.stringify(value);
        const at = place % (text.length + 1);
        const spoilt = text.slice(0, at) + put + text.slice(at + cut);
        if (scan(spoilt) !== undefined) expect(isJson(spoilt)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    [
      '',
      '{',
      '{}x',
      '{"a"}',
      '{"a":}',
      '{"a":1,}',
      '{,}',
      '{"a":01}',
      '{"a":1.}',
      '{"a":-}',
      '{"a":+1}',
      '{"a":1e}',
    ],
    [
      '{"a":tru}',
      '{"a":truex}',
      '{"a":"\\x"}',
      '{"a":"\\u12g4"}',
      '{"a":"\t"}',
      '{"a":[1,]}',
      '{"a":[1 2]}',
      '{"a":"',
    ],
    ['[1]', '"a"', '1', 'null', '{"a":1}{"a":1}', '{"key":"7","summ{"key":"8"}'],
  ])('refuses what is no object, or no JSON', (...texts) => {
    for (const text of texts) expect([text, scan(text)]).toEqual([text, undefined]);
  });

  it('takes numbers of every form', () => {
    const text = '{"a":0,"b":-0,"c":10,"d":1.5e-7,"e":-12.25,"f":1E+2}';
    expect(scan(text)?.map(([, value]) => value)).toEqual(['0', '-0', '10', '1.5e-7', '-12.25', '1E+2']);
  });

  it('refuses, and does not crash on, values nested without end', () => {
    expect(scan(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toBeUndefined();
  });
});
