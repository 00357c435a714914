import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawFault } from '../../src/mock/draw-fault.ts';
import { seededDraw, TextHash } from '../../src/mock/seeded-random.ts';

const RATES = {
  errorRate: 0.05,
  resetRate: 0.02,
  hangRate: 0.01,
  brokenJsonRate: 0.03,
  emptyRate: 0.04,
  proseRate: 0.02,
  cutStreamRate: 0,
  stallRate: 0,
};

describe('a seeded draw', () => {
  it('depends on the seed, the prompt, the attempt and the purpose, and on nothing else', () => {
    const draws = [
      seededDraw(1, 7, 1)('fault'),
      seededDraw(2, 7, 1)('fault'),
      seededDraw(1, 8, 1)('fault'),
      seededDraw(1, 7 + 2 ** 32, 1)('fault'),
      seededDraw(1, 7, 2)('fault'),
      seededDraw(1, 7, 1)('latency'),
    ];
    expect(new Set(draws).size).toBe(draws.length);
    expect(seededDraw(1, 7, 1)('fault')).toBe(draws[0]);
  });

  it('is spread evenly over attempts and prompts', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let key = 0; key < 1000; key++) {
      for (let attempt = 1; attempt <= 10; attempt++) {
        const tenth = Math.floor(seededDraw(3, key, attempt)('fault') * 10);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
    }
    for (const count of tenths) {
      expect(count).toBeGreaterThan(850);
      expect(count).toBeLessThan(1150);
    }
  });

  it('gives each fault about its share', () => {
    const counts: Record<string, number> = {};
    for (let key = 0; key < 20_000; key++) {
      const fault = drawFault(RATES, seededDraw(1, key, 1)) ?? 'none';
      counts[fault] = (counts[fault] ?? 0) + 1;
    }
    const shares = {
      error: 0.05,
      reset: 0.02,
      hang: 0.01,
      brokenJson: 0.03,
      empty: 0.04,
      prose: 0.02,
      none: 0.83,
    };
    for (const [fault, share] of Object.entries(shares)) {
      expect((counts[fault] ?? 0) / 20_000).toBeCloseTo(share, 2);
    }
  });
});

const hashText = (...texts: string[]): number =>
  texts.reduce((hash, text) => hash.add(text), new TextHash()).value();

describe('the hash of texts', () => {
  it('is a safe integer, the same for the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const hash = hashText(text);
        expect(Number.isSafeInteger(hash)).toBe(true);
        expect(hash).toBeGreaterThanOrEqual(0);
        expect(hashText(text)).toBe(hash);
      }),
    );
  });

  it('tells apart texts that differ by one character or by order', () => {
    const texts = Array.from({ length: 20_000 }, (_, i) => `record ${i} of the run`);
    texts.push('', '\0', '\0\0', 'ab', 'ba', 'é', 'e');
    expect(new Set(texts.map((text) => hashText(text))).size).toBe(texts.length);
  });

  it('tells apart the same characters in other texts', () => {
    const hashes = [
      hashText('ab', 'c'),
      hashText('a', 'bc'),
      hashText('abc'),
      hashText('', 'abc'),
      hashText('c', 'ab'),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
