import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CostEstimator } from '../../../src/engine/limiter/cost-estimator.ts';
import { requestFor } from '../helpers/records.ts';

const english = 'The committee met on Tuesday to discuss the proposal. '.repeat(40);

describe('the cost estimator', () => {
  it('guesses a token for about four characters of English, and more for other scripts', () => {
    const estimator = new CostEstimator(() => true);
    const { inputTokens } = estimator.estimate(requestFor(english));
    expect(inputTokens).toBeGreaterThan(english.length / 5);
    expect(inputTokens).toBeLessThan(english.length / 3);
    const chinese = '委员会星期二开会讨论了这项提案。'.repeat(40);
    const other = estimator.estimate(requestFor(chinese)).inputTokens;
    expect(other).toBeGreaterThan(chinese.length * 0.7);
  });

  it('makes no estimate while no limit counts tokens', () => {
    let counts = false;
    const estimator = new CostEstimator(() => counts);
    expect(estimator.estimate(requestFor(english))).toEqual({ inputTokens: 0, outputTokens: 0 });
    counts = true;
    expect(estimator.estimate(requestFor(english)).inputTokens).toBeGreaterThan(0);
  });

  it('reserves no more for an answer than it may have', () => {
    const estimator = new CostEstimator(() => true);
    expect(estimator.estimate(requestFor(english, 50)).outputTokens).toBe(50);
  });

  it('comes near what the endpoint counts', () => {
    const estimator = new CostEstimator(() => true);
    const request = requestFor(english);
    for (let i = 0; i < 200; i++) estimator.learn(request, { inputTokens: 900, outputTokens: 70 });
    const { inputTokens, outputTokens } = estimator.estimate(request);
    expect(inputTokens).toBeGreaterThan(890);
    expect(inputTokens).toBeLessThan(910);
    expect(outputTokens).toBe(70);
  });

  it('does not overshoot when a thousand answers to early estimates come in at once', () => {
    const estimator = new CostEstimator(() => true);
    const request = requestFor(english);
    const first = estimator.estimate(request).inputTokens;
    for (let i = 0; i < 1000; i++) estimator.learn(request, { inputTokens: first * 2, outputTokens: 10 });
    expect(estimator.estimate(request).inputTokens).toBeLessThanOrEqual(first * 2 + 1);
  });

  it('expects an answer that is longer than most were', () => {
    const estimator = new CostEstimator(() => true);
    const request = requestFor(english, 500);
    for (let i = 0; i < 1000; i++) estimator.learn(request, { outputTokens: 100 + ((i * 37) % 100) });
    const { outputTokens } = estimator.estimate(request);
    expect(outputTokens).toBeGreaterThan(160);
    expect(outputTokens).toBeLessThan(180);
  });

  it('reserves all that an answer may have where the endpoint charges that, and leaves it charged', () => {
    const estimator = new CostEstimator(() => true, 'max-output');
    const request = requestFor(english, 500);
    estimator.learn(request, { outputTokens: 70 });
    expect(estimator.estimate(request).outputTokens).toBe(500);
    expect(estimator.charged(request, { inputTokens: 9, outputTokens: 70 })).toEqual({ inputTokens: 9 });
    expect(estimator.charged(request, {})).toEqual({});
    const open = requestFor(english);
    expect(estimator.estimate(open).outputTokens).toBe(70);
    expect(estimator.charged(open, { outputTokens: 70 })).toEqual({ outputTokens: 70 });
  });

  it.each(['actual', undefined] as const)(
    'reserves what it expects where it is counted as it comes: %s',
    (how) => {
      const estimator = new CostEstimator(() => true, how);
      const request = requestFor(english, 500);
      estimator.learn(request, { outputTokens: 70 });
      expect(estimator.estimate(request).outputTokens).toBe(70);
      expect(estimator.charged(request, { outputTokens: 90 })).toEqual({ outputTokens: 90 });
    },
  );

  it('keeps its figures where the endpoint reports none', () => {
    const estimator = new CostEstimator(() => true);
    const before = estimator.estimate(requestFor(english));
    for (let i = 0; i < 50; i++) estimator.learn(requestFor(english), {});
    expect(estimator.estimate(requestFor(english))).toEqual(before);
  });

  it('is a whole, finite number of tokens for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const { inputTokens, outputTokens } = new CostEstimator(() => true).estimate(requestFor(text));
        expect(Number.isSafeInteger(inputTokens) && inputTokens > 0).toBe(true);
        expect(Number.isSafeInteger(outputTokens) && outputTokens > 0).toBe(true);
      }),
    );
  });
});
