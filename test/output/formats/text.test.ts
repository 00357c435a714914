import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textFormat } from '../../../src/output/formats/text.ts';
import { toRow } from '../../../src/output/to-row.ts';
import { brokenOutcome, failedOutcome, okOutcome } from '../helpers/outcomes.ts';

describe('a line of text', () => {
  it('is the data of an answer as JSON, where it has any', () => {
    const outcome = okOutcome(0, { text: '{ "topic": 1 }', data: { topic: 'a\nb' } });
    expect(textFormat.encode(toRow(outcome))).toBe('{"topic":"a\\nb"}\n');
  });

  it('is the summary alone, its own line breaks folded into spaces', () => {
    const text = ' The harbour froze.\r\n\r\n- Ships waited.\u2028Ice held.\n';
    expect(textFormat.encode(toRow(okOutcome(0, { text })))).toBe(
      'The harbour froze. - Ships waited. Ice held.\n',
    );
  });

  it('says of a failed record which one it is and what went wrong', () => {
    expect(textFormat.encode(toRow(failedOutcome(4)))).toBe(
      '[error server_error] a-4: HTTP 503: try again later\n',
    );
    expect(textFormat.encode(toRow(brokenOutcome(6)))).toBe(
      '[error invalid_json] articles.jsonl:7: not valid JSON: Unexpected end of JSON input\n',
    );
  });

  it('is exactly one line without control characters, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const outcome of [okOutcome(0, { text }), failedOutcome(0, text)]) {
          const line = textFormat.encode(toRow(outcome));
          expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
          expect(line.endsWith('\n')).toBe(true);
        }
      }),
    );
  });
});
