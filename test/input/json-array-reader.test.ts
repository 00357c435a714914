import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputRow } from '../../src/core/record.ts';
import { JsonArrayReader } from '../../src/input/json-array-reader.ts';
import { RecordReader } from '../../src/input/read-record.ts';
import { brief, cutAt, messages } from './helpers.ts';

function readArray(chunks: readonly Buffer[], maxBytes = 10_000): InputRow[] {
  const reader = new JsonArrayReader(new RecordReader({ textField: 'text' }), { file: 'a.json', maxBytes });
  const rows: InputRow[] = [];
  for (const chunk of chunks) {
    if (!reader.finished) rows.push(...reader.push(Buffer.from(chunk)));
  }
  return [...rows, ...reader.end()];
}

const read = (text: string, maxBytes?: number): InputRow[] => readArray([Buffer.from(text)], maxBytes);

describe('JsonArrayReader', () => {
  it('reads objects and strings, with the line on which each begins', () => {
    const rows = read('[\n{"text":"a"},\n\n "b", {\n"text":"c"}\n]\n');
    expect(brief(rows)).toEqual(['a.json:2 a', 'a.json:4 b', 'a.json:4 c']);
  });

  it('reads an empty array as nothing', () => {
    expect(read(' [ \n ] ')).toEqual([]);
  });

  it('makes an error row of an element that is no record, and reads on', () => {
    expect(brief(read('[1,{"text":"a"},null,[{"text":"b"}],{"text":"c"}]'))).toEqual([
      'a.json:1 !invalid_record',
      'a.json:1 a',
      'a.json:1 !invalid_record',
      'a.json:1 !invalid_record',
      'a.json:1 c',
    ]);
  });

  it.each(['[{"text":"a"},\n', '[{"text":"a"}', '[{"text":"a"},\n{"text":"b', '[{"text":"a"},\n{"text":"b"'])(
    'says that an array was cut short: %j',
    (text) => {
      const rows = read(text);
      expect(brief(rows.slice(0, 1))).toEqual(['a.json:1 a']);
      expect(rows.slice(1)).toHaveLength(1);
      expect(messages(rows)[0]).toMatch(/^a\.json:[12]: the JSON array ends too early$/);
    },
  );

  it.each([
    '[{"text":"a"} {"text":"b"}]',
    '[{"text":"a"},,"b"]',
    '[{"text":"a"}] {"text":"b"}',
    '[{"text":"a"},{bad}]',
  ])('ends with one error row at the first fault: %j', (text) => {
    expect(brief(read(text))).toEqual(['a.json:1 a', 'a.json:1 !invalid_json']);
  });

  it('quotes nothing of the content in an error', () => {
    expect(messages(read('[{"text": secret}]')).join()).not.toContain('secret');
  });

  it('reports bytes that are not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('["a",\n"'), Buffer.from([0xff, 0xfe]), Buffer.from('"]')]);
    expect(brief(readArray([bytes]))).toEqual(['a.json:1 a', 'a.json:1 !invalid_utf8']);
  });

  it.each(['["a",{"text":"LONG"}]', '["a","LONG"]', '["a",{"x":[{"text":"LONG"}]}]'])(
    'stops at an element longer than the maximum, in one chunk or many: %s',
    (text) => {
      const bytes = Buffer.from(text.replace('LONG', 'x'.repeat(100)));
      const expected = ['a.json:1 a', 'a.json:1 !line_too_long'];
      expect(brief(readArray([bytes], 60))).toEqual(expected);
      expect(brief(readArray(cutAt(bytes, [20, 40, 60, 70, 80]), 60))).toEqual(expected);
    },
  );

  it('gives the same elements as JSON.parse, on the right lines, however the bytes are cut', () => {
    const record = fc.record({ text: fc.string({ unit: 'grapheme' }), extra: fc.jsonValue({ maxDepth: 2 }) });
    const gaps = fc.array(fc.constantFrom('', ' ', '\n', '\r\n', '\t\n\n'), { minLength: 20, maxLength: 20 });
    const cuts = fc.array(fc.nat(5000), { maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 8 }),
        gaps,
        cuts,
        fc.boolean(),
        (records, spaces, places, pretty) => {
          let text = `${spaces[0]}[`;
          const lines = records.map((one, i) => {
            text += `${i > 0 ? ',' : ''}${spaces[i + 1]}`;
            const line = text.split('\n').length;
            text += pretty ? JSON.stringify(one, null, 2) : escaped(JSON.stringify(one));
            return line;
          });
          text += `${spaces[10]}]${spaces[11]}`;
          const rows = readArray(cutAt(Buffer.from(text), places));
          const found = rows.map((row) => (row.ok ? row.record.fields : row.broken.fields));
          expect(found).toEqual(JSON.parse(text));
          expect(rows.map((row) => (row.ok ? row.record.at.line : row.broken.at.line))).toEqual(lines);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** The same JSON in ASCII. */
function escaped(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
