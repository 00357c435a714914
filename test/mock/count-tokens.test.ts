import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTokens, cutToTokens } from '../../src/mock/count-tokens.ts';

describe('tokens', () => {
  it('are UTF-8 bytes by four, rounded up', () => {
    expect(['', 'a', 'abcd', 'abcde', 'é', '日本'].map(countTokens)).toEqual([0, 1, 1, 2, 1, 2]);
  });

  it('are cut between characters and never exceed the limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat(40), (text, limit) => {
        const cut = cutToTokens(text, limit);
        expect(text.startsWith(cut)).toBe(true);
        expect(countTokens(cut)).toBe(Math.min(limit, countTokens(text)));
      }),
    );
  });
});
