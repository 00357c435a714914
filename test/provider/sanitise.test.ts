import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMask, oneLine } from '../../src/provider/sanitise.ts';

describe('oneLine', () => {
  it('turns line breaks, escape codes and invisible marks into blanks', () => {
    expect(oneLine('a\r\n\u001b[31mb\u202ec\u2028d\u0000')).toBe('a [31mb c d');
  });

  it('is printable, bounded and never ends in half a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.integer({ min: 2, max: 20 }),
        (text, max) => {
          const line = oneLine(text, max);
          expect(line.length).toBeLessThanOrEqual(max);
          expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
          expect(line).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
        },
      ),
    );
  });
});

describe('createMask', () => {
  it('takes out every occurrence, percent-encoded ones too', () => {
    const mask = createMask(['sk-TEST/canary', undefined, '']);
    expect(mask('key sk-TEST/canary, again sk-TEST/canary and ?key=sk-TEST%2Fcanary')).toBe(
      'key ***, again *** and ?key=***',
    );
  });

  it('leaves texts readable when a secret is hardly one', () => {
    expect(createMask(['a'])('a cat sat')).toBe('a cat sat');
  });
});
