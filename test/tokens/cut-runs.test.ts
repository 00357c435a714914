import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutRuns } from '../../src/tokens/cut-runs.ts';

const LONGEST_RUN = 256;

/** Whether a surrogate pair stands across the cut. */
function isHalved(before: string, after: string): boolean {
  return /[\ud800-\udbff]$/.test(before) && /^[\udc00-\udfff]/.test(after);
}

const UNITS = [
  'a',
  'Ω',
  '漢',
  '𠀀',
  '😀',
  '=😀',
  '\u0301',
  '\ud800',
  ' ',
  '\u00a0 ',
  '=',
  '7',
  '。',
  '\n',
  'word ',
];

const runs = fc
  .array(fc.tuple(fc.constantFrom(...UNITS), fc.nat(700)), { maxLength: 8 })
  .map((parts) => parts.map(([unit, times]) => unit.repeat(times)).join(''));

test('the pieces are the text, and none is cut inside a character', () => {
  fc.assert(
    fc.property(runs, (text) => {
      const pieces = cutRuns(text);
      expect(pieces.join('')).toBe(text);
      const halved = pieces.slice(1).filter((piece, i) => isHalved(`${pieces[i]}`, piece));
      expect(halved).toEqual([]);
    }),
  );
});

test('no piece holds a long run of letters, blanks or signs', () => {
  fc.assert(
    fc.property(runs, (text) => {
      let longest = 0;
      for (const piece of cutRuns(text)) {
        for (const [run] of piece.matchAll(/[\p{L}\p{M}]+|\s+|[^\s\p{L}\p{N}]+/gu)) {
          longest = Math.max(longest, run.length);
        }
      }
      // Marks and emoji can belong to the run before or to the one after.
      expect(longest).toBeLessThanOrEqual(2 * LONGEST_RUN + 1);
    }),
  );
});

test.each([
  ['English', 'The quick brown fox jumps over the lazy dog. '.repeat(200)],
  ['Chinese', '春天来了，花园里的花都开了。孩子们在草地上奔跑。'.repeat(200)],
  ['a long number', '7'.repeat(5000)],
  ['nothing', ''],
])('%s stays in one piece', (_name, text) => {
  expect(cutRuns(text)).toEqual([text]);
});
