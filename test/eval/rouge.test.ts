import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rouge } from '../../src/eval/rouge.ts';
import { tokensOf } from '../../src/eval/tokens.ts';

const of = (candidate: string, reference: string) => rouge(tokensOf(candidate), tokensOf(reference));

describe('ROUGE gives the published scores', () => {
  test('of the sentences in the paper: S1 police killed the gunman, S2 and S3', () => {
    const reference = 'police killed the gunman';
    expect(of('police kill the gunman', reference).rougeL.f).toBeCloseTo(0.75, 6);
    expect(of('the gunman kill police', reference).rougeL.f).toBeCloseTo(0.5, 6);
    expect(of('police kill the gunman', reference).rouge2.f).toBeCloseTo(1 / 3, 6);
    expect(of('the gunman kill police', reference).rouge2.f).toBeCloseTo(1 / 3, 6);
  });

  test('of the example in the README of rouge_score', () => {
    const { rouge1, rougeL } = of(
      'The quick brown dog jumps on the log.',
      'The quick brown fox jumps over the lazy dog',
    );
    expect(rouge1.precision).toBeCloseTo(0.75, 6);
    expect(rouge1.recall).toBeCloseTo(0.6666666, 6);
    expect(rouge1.f).toBeCloseTo(0.7058823, 6);
    expect(rougeL.precision).toBeCloseTo(0.625, 6);
    expect(rougeL.recall).toBeCloseTo(0.5555555, 6);
    expect(rougeL.f).toBeCloseTo(0.5882352, 6);
  });

  test("of rouge_score's own tests: testing one two against testing", () => {
    const { rouge1, rouge2, rougeL } = of('testing', 'testing one two');
    expect(rouge1).toMatchObject({ precision: 1, recall: expect.closeTo(1 / 3, 6), f: 0.5 });
    expect(rouge2.f).toBe(0);
    expect(rougeL).toMatchObject({ precision: 1, recall: expect.closeTo(1 / 3, 6), f: 0.5 });
  });
});

describe('ROUGE', () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 30 });

  test('is 1 of a text with itself, 0 of texts that share nothing', () => {
    const score = { precision: 1, recall: 1, f: 1 };
    expect(of('one two three', 'One, two: three!')).toEqual({ rouge1: score, rouge2: score, rougeL: score });
    expect(of('one two', 'three four').rouge1.f).toBe(0);
    expect(of('', 'three four').rougeL.f).toBe(0);
  });

  test('lies between 0 and 1, changes precision for recall when the two change places', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        const there = rouge(a, b);
        const back = rouge(b, a);
        for (const key of ['rouge1', 'rouge2', 'rougeL'] as const) {
          expect(there[key].f).toBeGreaterThanOrEqual(0);
          expect(there[key].f).toBeLessThanOrEqual(1);
          expect(there[key].precision).toBeCloseTo(back[key].recall, 9);
        }
        expect(there.rougeL.f).toBeLessThanOrEqual(there.rouge1.f + 1e-9);
      }),
    );
  });

  test('compares characters where a script is written without blanks, and words in all others', () => {
    expect(tokensOf('今日は、天気が')).toEqual(['今', '日', 'は', '天', '気', 'が']);
    expect(tokensOf('Обучение меняет всё')).toEqual(['обучение', 'меняет', 'всё']);
    expect(tokensOf('हिन्दी में')).toEqual(['हिन्दी', 'में']);
  });
});
