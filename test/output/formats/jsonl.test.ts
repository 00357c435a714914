import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonlFormat } from '../../../src/output/formats/jsonl.ts';
import { toRow } from '../../../src/output/to-row.ts';
import { okOutcome } from '../helpers/outcomes.ts';

const encode = (text: string): string => jsonlFormat.encode(toRow(okOutcome(0, { text, id: text })));

/** What UTF-8 can hold of a string: lone surrogates become U+FFFD. */
const asUtf8 = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

describe('a JSON line', () => {
  it('reads back as the row, for any text', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, (value) => {
        expect(JSON.parse(encode(value))).toMatchObject({ id: value, summary: value });
      }),
    );
  });

  it('is one line to any reader, and holds nothing that steers a terminal', () => {
    const line = encode('a\nb\r\u2028c\u2029d\u0085e\u009b31m\u001b[31m\u007f');
    // Checked with the same classes as Python's str.splitlines, the strictest splitter around.
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(line.endsWith('\n')).toBe(true);
    expect(JSON.parse(line).summary).toBe('a\nb\r\u2028c\u2029d\u0085e\u009b31m\u001b[31m\u007f');
  });

  it('holds no lone surrogate, which strict parsers refuse', () => {
    const units = fc.constantFrom('\ud83d', '\ude00', '\\', 'ud83d', '"', 'é', 'u', '\u2028');
    fc.assert(
      fc.property(fc.array(units), (parts) => {
        const text = parts.join('');
        const line = encode(text);
        expect(asUtf8(line)).toBe(line);
        expect(JSON.parse(line)).toMatchObject({ id: asUtf8(text), summary: asUtf8(text) });
      }),
    );
  });

  it('keeps half an emoji in the name of a field from spoiling the line', () => {
    const fields = { '\ud83d': 'x' };
    const line = jsonlFormat.encode(toRow(okOutcome(0, { fields }), 'all'));
    expect(JSON.parse(line).input).toEqual({ '\ufffd': 'x' });
  });
});
