import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputRow } from '../../src/core/record.ts';
import { brief, cutAt, messages, readRows, stdinOf, tempFolder } from './helpers.ts';

const folder = tempFolder();
const CSV = { inputFormat: 'csv' } as const;

const read = (content: string | Buffer, changes = {}) => readRows({ ...CSV, ...changes }, stdinOf(content));
const fieldsOf = (rows: readonly InputRow[]) =>
  rows.map((row) => Object.values((row.ok ? row.record.fields : row.broken.fields) ?? {}));

describe('CSV inputs', () => {
  it('take the names of the fields from the first line', async () => {
    const rows = await read('id,text,title\n7,Rain is on its way.,Weather\n,"Sun, later.",\n');
    expect(brief(rows)).toEqual(['7 Rain is on its way.', 'stdin:3 Sun, later.']);
    expect(fieldsOf(rows)).toEqual([
      ['7', 'Rain is on its way.', 'Weather'],
      ['', 'Sun, later.', ''],
    ]);
    expect(rows.map((row) => row.ok && row.record.idKind)).toEqual(['text', undefined]);
  });

  it('are told by the names of files, TSV too', async () => {
    const csv = folder.write('a.csv', 'text\none\n');
    const tsv = folder.write('b.TSV', 'key\tbody\ttext\nk\t"a\tb, c"\t5" disk\n');
    const rows = await readRows({ inputs: [csv, tsv] });
    expect(brief(rows)).toEqual([`${csv}:2 one`, `${tsv}:2 5" disk`]);
    const other = await readRows({ inputs: [tsv], textField: 'body', idField: 'key' });
    expect(brief(other)).toEqual(['k a\tb, c']);
  });

  it('may begin with a byte order mark, be quoted throughout and end their lines with CR LF', async () => {
    const file = folder.write('excel.csv', '\ufeff"text","id"\r\n\r\n"one\r\ntwo","a"\r\n"""three""","b"');
    const rows = await readRows({ inputs: [file] });
    expect(brief(rows)).toEqual(['a one\r\ntwo', 'b "three"']);
    expect(rows.map((row) => row.ok && row.record.at.line)).toEqual([3, 5]);
  });

  it('may be empty, or hold nothing but names', async () => {
    for (const content of ['', '\n\n', 'text', 'text\r\n']) expect(await read(content)).toEqual([]);
  });

  it('read back as they were written, wherever the chunks are cut', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', '\n', '\r', ',', '\t', ' ', 'é', '😀', 'a', '\u2028') }),
    );
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }));
    const style = fc.record({
      delimiter: fc.constantFrom(',', '\t'),
      record_delimiter: fc.constantFrom('\n', '\r\n'),
      quoted: fc.boolean(),
      bom: fc.boolean(),
      eof: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(table, style, fc.array(fc.nat()), async (rows, options, cuts) => {
        const header = (rows[0] ?? []).map((_, n) => (n === 0 ? 'text' : `column "${n}"`));
        const bytes = Buffer.from(stringify([header, ...rows], { ...options, quoted_match: /[\r\n]/ }));
        const stdin = Readable.from(cutAt(bytes, cuts).filter((chunk) => chunk.length > 0));
        const inputFormat = options.delimiter === ',' ? 'csv' : 'tsv';
        expect(fieldsOf(await readRows({ inputFormat }, stdin))).toEqual(rows);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a broken CSV record', () => {
  it('with a quote that is never closed costs itself and no other', async () => {
    const rows = await read('id,text\n1,one\n2,"two\n3,three\n4,"four, too"\n5,"five\n6,six\n');
    expect(brief(rows)).toEqual([
      '1 one',
      'stdin:3 !invalid_csv',
      '3 three',
      '4 four, too',
      'stdin:6 !invalid_csv',
      '6 six',
    ]);
    expect(messages(rows)).toEqual([
      'stdin:3: something follows a closing quote',
      'stdin:6: a quote is opened and never closed',
    ]);
    expect(rows.map((row) => (row.ok ? undefined : row.broken.raw)).filter(Boolean)).toEqual([
      '2,"two',
      '5,"five',
    ]);
  });

  it('never reaches beyond its line, wherever the chunks are cut', async () => {
    const faults = ['7,"seven', '7,"a" b', '7', '7,a,b', '"7"x,y', '7,"a"\r,', '""7"",seven'];
    const good = [
      ['1', 'one'],
      ['2', 'two, "too"'],
      ['3', 'three\nlines\n'],
      ['4', ''],
    ];
    const record = fc.oneof(
      fc.constantFrom(...good).map((cells) => ({ line: stringify([cells]), cells })),
      fc.constantFrom(...faults).map((line) => ({ line: `${line}\n`, cells: undefined })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record), fc.array(fc.nat()), async (records, cuts) => {
        const content = ['id,text\n', ...records.map(({ line }) => line)];
        const chunks = cutAt(Buffer.from(content.join('')), cuts).filter((chunk) => chunk.length > 0);
        const rows = await readRows(CSV, Readable.from(chunks));
        const lines = content.map((_, n) => content.slice(0, n).join('').split('\n').length);
        expect(rows.map((row) => (row.ok ? row.record : row.broken).at.line)).toEqual(lines.slice(1));
        expect(rows.map((row) => (row.ok ? row.record.fields.text : row.broken.fields?.text))).toEqual(
          records.map(({ cells }) => cells?.[1]),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('has more or fewer columns than the first line', async () => {
    const rows = await read('id,text\n1\n2,two,more\n3,"three\n(lines)"\n');
    expect(messages(rows)).toEqual([
      'stdin:2: the record has one column, the first line 2',
      'stdin:3: the record has 3 columns, the first line 2',
    ]);
    expect(brief(rows).at(-1)).toBe('3 three\n(lines)');
  });

  it('that is no UTF-8 keeps its id', async () => {
    const bytes = Buffer.from('id,text\na,caf\u00e9\nb,"\u00e9"\n', 'latin1');
    expect(brief(await read(bytes))).toEqual(['a !invalid_utf8', 'b !invalid_utf8']);
  });

  it('that is too long is left out whole, with the lines inside it', async () => {
    const long = `"${'line\n'.repeat(30)}"`;
    const content = `id,text\n1,one\n2,${long}\n3,three\n4,${'x'.repeat(99)}\n5,five\n6,${long}`;
    for (const chunk of [1, 7, 1000]) {
      const bytes = Buffer.from(content);
      const cuts = Array.from({ length: Math.floor(bytes.length / chunk) }, (_, n) => n * chunk);
      const rows = await readRows(
        { ...CSV, maxLineBytes: 50 },
        Readable.from(cutAt(bytes, cuts).filter(({ length }) => length > 0)),
      );
      expect(brief(rows)).toEqual([
        '1 one',
        'stdin:3 !line_too_long',
        '3 three',
        'stdin:35 !line_too_long',
        '5 five',
        'stdin:37 !line_too_long',
      ]);
      expect(messages(rows)[0]).toBe(
        'stdin:3: the record is longer than 50 bytes and was not read, up to line 33',
      );
    }
  });

  it('that is too long since a quote is open says that the rest is lost', async () => {
    const rows = await read(`id,text\n1,"one\n${'2,two\n'.repeat(30)}`, { maxLineBytes: 50 });
    expect(messages(rows)).toEqual([
      'stdin:2: a quote is opened and never closed; the rest of the input was not read',
    ]);
  });
});

describe('column names', () => {
  it.each([
    ['id,text,id\n', 'stdin:1: two columns are called "id"'],
    ['id,,text\n', 'stdin:1: column 2 of 3 has no name'],
    ['id,body\n', 'stdin:1: there is no column "text"; it has: id, body'],
    ['\n"id,text\n1,one\n', 'stdin:2: no column names can be read: a quote is opened and never closed'],
    [Buffer.from([0x74, 0xff, 0x0a]), 'stdin:1: no column names can be read: the record is not valid UTF-8'],
  ])('%j are refused once', async (content, message) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'usage', message });
  });

  it('that a named id field is not among are refused', async () => {
    await expect(read('id,text\n', { idField: 'key' })).rejects.toMatchObject({
      message: 'stdin:1: there is no column "key"; it has: id, text',
      hint: 'name the column with --id-field',
    });
  });

  it('parted by something else are recognised', async () => {
    await expect(read('id;text\n1;one\n')).rejects.toMatchObject({
      hint: 'its columns seem to be parted by ";", and it is read as parted by ","',
    });
  });

  it('of every file are looked at before the first record', async () => {
    const good = folder.write('good.csv', 'text\none\n');
    const wrong = folder.write('wrong.csv', 'id,title\n1,one\n');
    await expect(readRows({ inputs: [good, wrong] })).rejects.toMatchObject({
      code: 'usage',
      message: `${wrong}:1: there is no column "text"; it has: id, title`,
    });
  });
});
