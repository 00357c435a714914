import { describe, expect, it } from 'vitest';
import type { InputRow } from '../../src/core/record.ts';
import { RecordReader } from '../../src/input/read-record.ts';
import { brief, messages } from './helpers.ts';

const at = { file: 'in.jsonl', line: 7 };

function read(json: string, textField = 'text', idField?: string): InputRow {
  return new RecordReader({ textField, idField }).fromJson(JSON.parse(json), at, json);
}

const seen = (json: string, textField?: string, idField?: string): string | undefined =>
  brief([read(json, textField, idField)])[0];

describe('the id of a record', () => {
  it('is its id, else its custom_id, else its place', () => {
    expect(seen('{"id":"a","custom_id":"b","text":"t"}')).toBe('a t');
    expect(seen('{"custom_id":"b","text":"t"}')).toBe('b t');
    expect(seen('{"text":"t"}')).toBe('in.jsonl:7 t');
    expect(seen('"t"')).toBe('in.jsonl:7 t');
  });

  it('is a number as written, zero and those beyond 2^53 included', () => {
    expect(seen('{"id":0,"text":"t"}')).toBe('0 t');
    expect(seen('{"id":12345678901234567891,"text":"t"}')).toBe('12345678901234567891 t');
    const quoted = { note: '"id": 12345678901234567892', id: 0, text: 't' };
    expect(seen(JSON.stringify(quoted).replace(':0', ':12345678901234567891'))).toBe(
      '12345678901234567891 t',
    );
    expect(seen('{"x":{"id":12345678901234567892},"id":12345678901234567891,"text":"t"}')).toBe(
      'in.jsonl:7 t',
    );
  });

  it.each(['null', 'true', '{}', '[1]', '""'])('is not %s', (id) => {
    expect(seen(`{"id":${id},"text":"t"}`)).toBe('in.jsonl:7 t');
  });

  it('comes from the named field alone where one is named', () => {
    expect(seen('{"id":"a","meta":{"key":5},"text":"t"}', 'text', 'meta.key')).toBe('5 t');
    expect(seen('{"id":"a","text":"t"}', 'text', 'meta.key')).toBe('in.jsonl:7 t');
  });

  it('is kept where the record is broken', () => {
    expect(seen('{"id":"a","text":5}')).toBe('a !invalid_text');
    expect(seen('{"id":"a"}')).toBe('a !missing_text');
    expect(seen('{"id":"a","text":" "}')).toBe('a !empty_text');
  });
});

describe('the text of a record', () => {
  it('is found by a dotted path, through arrays too', () => {
    expect(seen('{"id":1,"doc":{"body":"t"}}', 'doc.body')).toBe('1 t');
    expect(seen('{"id":1,"m":[{"content":"t"}]}', 'm.0.content')).toBe('1 t');
  });

  it('is found first under a name that has the dots in it', () => {
    expect(seen('{"id":1,"doc":{"body":"deep"},"doc.body":"literal"}', 'doc.body')).toBe('1 literal');
  });

  it.each(['constructor', 'toString', '__proto__', 'constructor.name', 'm.length', 'text.length'])(
    'is never inherited: %s',
    (path) => {
      expect(seen('{"id":1,"text":"t","m":[1]}', path)).toBe('1 !missing_text');
    },
  );

  it('is not taken from an own field named __proto__', () => {
    const row = read('{"__proto__":{"text":"x"}}');
    expect(brief([row])).toEqual(['in.jsonl:7 !missing_text']);
    expect(messages([row])).toEqual(['in.jsonl:7: the record has no field "text"; it has: __proto__']);
  });

  it.each([
    '""',
    '"   "',
    '"\\u200b"',
    '"\\ufeff"',
    '"\\n\\r\\n"',
    '"\\u00ad \\u2060\\u3164"',
    '"\\u0000\\u0085"',
  ])('must have something to see: %s', (text) => {
    expect(seen(`{"text":${text}}`)).toBe('in.jsonl:7 !empty_text');
    expect(seen(text)).toBe('in.jsonl:7 !empty_text');
  });

  it('is left as it is, white space and all', () => {
    const row = read('{"text":"\\n  a\\u200b\\ufeff "}');
    expect(row.ok && row.record.text).toBe('\n  a\u200b\ufeff ');
  });
});

describe('a record that cannot be used', () => {
  it('names the fields that it has, bounded in number and length', () => {
    const names = Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`field${i}`, i]));
    const [message = ''] = messages([read(JSON.stringify({ ['long'.repeat(50)]: 1, 'a\nb': 2, ...names }))]);
    expect(message).toContain('"a\\nb", field0');
    expect(message).toContain('field7 and 5 more');
    expect(message.split('\n')).toHaveLength(1);
    expect(message.length).toBeLessThan(250);
  });

  it('carries its fields and its place', () => {
    const row = read('{"id":1,"text":5,"extra":true}');
    expect(row.ok ? undefined : row.broken).toMatchObject({ id: '1', index: 0, at, fields: { extra: true } });
    expect(messages([row, read('{"text":null}'), read('{"text":["a"]}')])).toEqual([
      'in.jsonl:7: field "text" is a number, not a string',
      'in.jsonl:7: field "text" is null, not a string',
      'in.jsonl:7: field "text" is an array, not a string',
    ]);
  });

  it.each(['[1]', 'null', '5', 'true'])('may be no record at all: %s', (json) => {
    expect(seen(json)).toBe('in.jsonl:7 !invalid_record');
  });

  it('takes an index like any other', () => {
    const reader = new RecordReader({ textField: 'text' });
    const rows = [reader.fromJson(null, at), reader.fromText('t', at), reader.fromJson({}, at)];
    expect(rows.map((row) => (row.ok ? row.record.index : row.broken.index))).toEqual([0, 1, 2]);
  });
});
