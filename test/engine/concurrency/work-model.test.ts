import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Moments } from '../../../src/engine/concurrency/moments.ts';
import { fitWork, slowdown } from '../../../src/engine/concurrency/work-model.ts';

interface Answer {
  readonly ms: number;
  readonly input: number;
  readonly output: number;
}

function momentsOf(answers: readonly Answer[]): Moments {
  const moments = new Moments();
  for (const { ms, input, output } of answers) moments.add(ms, input, output);
  return moments;
}

/** Sizes that have nothing to do with each other. */
const sizes = Array.from({ length: 400 }, (_, i) => ({
  input: 100 + ((i * 37) % 1000),
  output: (i * 61) % 307,
}));
const take = (slowness: number, from = sizes): Answer[] =>
  from.map(({ input, output }) => ({ ms: slowness * (50 + 0.1 * input + 3 * output), input, output }));

describe('the time of an answer', () => {
  it('is found to be a base and so much a token', () => {
    const { baseMs, msPerInput, msPerOutput } = fitWork(momentsOf(take(1)));
    expect(msPerOutput).toBeCloseTo(3, 1);
    expect(msPerInput).toBeCloseTo(0.1, 1);
    expect(Math.abs(baseMs - 50)).toBeLessThan(15);
  });

  it('is what it was where all texts are of one size', () => {
    const model = fitWork(momentsOf(Array.from({ length: 20 }, () => ({ ms: 80, input: 10, output: 5 }))));
    expect(model).toEqual({ baseMs: 80, msPerInput: 0, msPerOutput: 0 });
  });

  it('never falls with the length of a text, whatever chance says', () => {
    const anything = fc.array(fc.record({ ms: fc.nat(10_000), input: fc.nat(5000), output: fc.nat(1000) }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(anything, anything, (before, after) => {
        const model = fitWork(momentsOf(before));
        expect(model.msPerInput).toBeGreaterThanOrEqual(0);
        expect(model.msPerOutput).toBeGreaterThanOrEqual(0);
        const { factor, variance } = slowdown(momentsOf(after), model);
        expect(factor).toBeGreaterThanOrEqual(0);
        expect(factor).toBeLessThanOrEqual(20);
        expect(variance).toBeGreaterThan(0);
      }),
    );
  });
});

describe('how much slower an endpoint has become', () => {
  const model = fitWork(momentsOf(take(1)));

  it('is not told from answers that took no time at all', () => {
    expect(slowdown(momentsOf([{ ms: 0, input: 0, output: 0 }]), model).variance).toBeGreaterThan(0);
  });

  it.each([0.5, 1, 2, 4])('is told from texts of the same kind: %f ×', (slowness) => {
    expect(slowdown(momentsOf(take(slowness)), model).factor).toBeCloseTo(slowness, 5);
  });

  it('is told from texts that are much longer, too', () => {
    const long = sizes.map(({ input, output }) => ({ input: input * 4, output: output * 4 + 200 }));
    expect(slowdown(momentsOf(take(1, long)), model).factor).toBeCloseTo(1, 1);
    expect(slowdown(momentsOf(take(2, long)), model).factor).toBeCloseTo(2, 1);
  });

  it('is less certain from few answers', () => {
    const few = slowdown(momentsOf(take(1).slice(0, 4)), model);
    const many = slowdown(momentsOf(take(1)), model);
    expect(few.variance).toBeGreaterThan(10 * many.variance);
    expect(slowdown(new Moments(), model)).toEqual({ factor: 1, variance: 1 });
  });
});
