import { describe, expect, test } from 'vitest';
import { extractiveness } from '../../src/eval/extractiveness.ts';
import { tokensOf } from '../../src/eval/tokens.ts';

const of = (summary: string, text: string) => extractiveness(tokensOf(summary), tokensOf(text));
const text = 'The council met on Monday. It approved a budget of two million for the new bridge.';

describe('coverage and density', () => {
  test('a sentence copied whole is covered, in one piece', () => {
    expect(of('The council met on Monday.', text)).toEqual({
      compression: 16 / 5,
      coverage: 1,
      density: 5,
    });
  });

  test('words of one’s own are not covered', () => {
    expect(of('Politicians gathered', text)).toMatchObject({ coverage: 0, density: 0 });
  });

  test('pieces count by the square of their length', () => {
    // "a budget" and "the new bridge" are copied, "for" stands between them in the text as well.
    expect(of('They passed a budget for the new bridge', text)).toMatchObject({
      coverage: 6 / 8,
      density: (2 * 2 + 4 * 4) / 8,
    });
  });

  test('are not known where there is nothing to compare', () => {
    expect(of('', text)).toBeUndefined();
    expect(of('a', '…')).toBeUndefined();
  });
});
