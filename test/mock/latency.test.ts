import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawLatency, parseLatency } from '../../src/mock/latency.ts';
import { seededDraw } from '../../src/mock/seeded-random.ts';

const samples = (text: string): number[] => {
  const latency = parseLatency(text);
  return Array.from({ length: 2001 }, (_, i) => drawLatency(latency, seededDraw(1, i, 1))).sort(
    (a, b) => a - b,
  );
};

describe('a latency', () => {
  it('is one number of ms, a range, or a lognormal distribution', () => {
    expect(parseLatency('200')).toEqual({ kind: 'uniform', minMs: 200, maxMs: 200 });
    expect(parseLatency(' 0.5-300 ')).toEqual({ kind: 'uniform', minMs: 0.5, maxMs: 300 });
    expect(parseLatency('lognormal:200:0.5')).toEqual({ kind: 'lognormal', medianMs: 200, sigma: 0.5 });
  });

  it('may be written with its unit', () => {
    expect(parseLatency('800ms')).toEqual({ kind: 'uniform', minMs: 800, maxMs: 800 });
    expect(parseLatency('1.5s')).toEqual({ kind: 'uniform', minMs: 1500, maxMs: 1500 });
    for (const range of ['1-3s', '1s-3s', '1000ms-3s', '1000-3000']) {
      expect(parseLatency(range)).toEqual({ kind: 'uniform', minMs: 1000, maxMs: 3000 });
    }
    expect(parseLatency('lognormal:2s:0.5')).toEqual({ kind: 'lognormal', medianMs: 2000, sigma: 0.5 });
  });

  it.each([
    '',
    'fast',
    '-1',
    '1e3',
    '200m',
    '1s-500ms',
    'lognormal:200:1s',
    '300-100',
    '100-',
    'lognormal:200',
    'lognormal:a:b',
    '1,5',
    'Infinity',
  ])('refuses %j by name', (text) => {
    expect(() => parseLatency(text)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining('--latency') }),
    );
  });

  it('stays within its range', () => {
    const drawn = samples('100-300');
    expect(drawn[0]).toBeGreaterThanOrEqual(100);
    expect(drawn.at(-1)).toBeLessThan(300);
    expect(drawn[1000]).toBeGreaterThan(190);
    expect(drawn[1000]).toBeLessThan(210);
    expect(new Set(samples('200'))).toEqual(new Set([200]));
  });

  it('has the median and the spread of its lognormal distribution', () => {
    const drawn = samples('lognormal:200:0.5');
    expect(drawn[1000]).toBeGreaterThan(185);
    expect(drawn[1000]).toBeLessThan(215);
    // The 84th percentile lies one sigma above the median: 200 × e^0.5 = 330.
    expect(drawn[1682]).toBeGreaterThan(305);
    expect(drawn[1682]).toBeLessThan(355);
  });

  it('reads every pair of numbers in order as a range', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (a, more) => {
        expect(parseLatency(`${a}-${a + more}`)).toEqual({ kind: 'uniform', minMs: a, maxMs: a + more });
      }),
    );
  });
});
