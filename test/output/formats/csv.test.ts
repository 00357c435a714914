import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvFormat } from '../../../src/output/formats/csv.ts';
import { toRow } from '../../../src/output/to-row.ts';
import { brokenOutcome, failedOutcome, okOutcome } from '../helpers/outcomes.ts';
import { parseCsv } from '../helpers/parse-csv.ts';

describe('CSV', () => {
  it('names its columns once, those that a later run goes by last', () => {
    expect(csvFormat(['title', 'meta.lang', 'title']).table?.header).toBe(
      'id,index,status,summary,model,finish_reason,truncated,warnings,data,input_tokens,output_tokens,cost_usd,' +
        'attempts,latency_ms,error_code,error_message,input.title,input.meta.lang,key,made_by,content\n',
    );
  });

  it('writes a summary and a failure under the same columns', () => {
    const format = csvFormat();
    expect(format.encode(toRow(okOutcome(0)))).toBe(
      'a-0,0,ok,Summary of record 0.,my-model,stop,false,,,52,17,,1,413,,,,,\n',
    );
    expect(format.encode(toRow(failedOutcome(1)))).toBe(
      'a-1,1,error,,,,,,,,,,6,8120,server_error,HTTP 503: try again later,,,\n',
    );
  });

  it('writes the cost out, however small', () => {
    const costs = [0.000_000_012, 10, 0, 0.1].map((costUsd) => {
      const outcome = okOutcome(0);
      return csvFormat()
        .encode(toRow({ ...outcome, effort: { ...outcome.effort, costUsd } }))
        .split(',')[11];
    });
    expect(costs).toEqual(['0.000000012', '10', '0', '0.1']);
  });

  it('writes data as JSON and warnings as words', () => {
    const outcome = okOutcome(0, { data: { topic: 'a, b' }, warnings: ['too_long', 'wrong_language'] });
    const [cells] = parseCsv(csvFormat().encode(toRow(outcome)));
    expect(cells?.slice(7, 9)).toEqual(['too_long wrong_language', '{"topic":"a, b"}']);
  });

  it('leaves missing and null fields empty and writes values that are no strings as JSON', () => {
    const keep = ['none', 'nothing', 'zero', 'no', 'tags', 'meta'];
    const fields = { nothing: null, zero: 0, no: false, tags: ['a', 'b'], meta: { lang: 'en' } };
    const [cells] = parseCsv(csvFormat(keep).encode(toRow(okOutcome(0, { fields }), keep)));
    expect(cells?.slice(-9, -3)).toEqual(['', '', '0', 'false', '["a","b"]', '{"lang":"en"}']);
    expect(csvFormat(keep).encode(toRow(brokenOutcome(0), keep))).toMatch(/,,,,,,,,,\n$/);
  });

  it('reads back as it was, for any text but U+0000', () => {
    const format = csvFormat(['note']);
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
        const rows = pairs.map(([summary, note], index) =>
          format.encode(toRow(okOutcome(index, { text: summary, fields: { note } }), ['note'])),
        );
        const [header, ...records] = parseCsv([format.table?.header, ...rows].join(''));
        expect(header).toHaveLength(20);
        const written = pairs.map((pair) => pair.map((cell) => cell.replaceAll('\0', '\uFFFD')));
        expect(records.map((cells) => [cells[3], cells[16]])).toEqual(written);
      }),
    );
  });

  it('refuses to keep all fields, since the columns come first', () => {
    expect(() => csvFormat('all')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
