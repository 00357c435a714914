import { describe, expect, it } from 'vitest';
import { type CountedRequest, TokenFit } from '../../src/estimate/token-fit.ts';

/** Requests of `base + perCharacter × characters` tokens. */
function line(
  script: CountedRequest['script'],
  base: number,
  perCharacter: number,
  n = 50,
): CountedRequest[] {
  return Array.from({ length: n }, (_, i) => {
    const characters = 100 + 10 * i;
    return { script, characters, tokens: base + perCharacter * characters };
  });
}

describe('tokens from characters', () => {
  it('follow a line of its own in each script', () => {
    const fit = new TokenFit([...line('latin', 150, 0.25), ...line('cjk', 150, 0.8)]);
    expect(fit.tokens('latin', 2000)).toBe(650);
    expect(fit.tokens('cjk', 2000)).toBe(1750);
    expect(fit.total('latin', 10, 20_000)).toBe(6500);
    expect(fit.squaredError('latin', 1_000_000)).toBeCloseTo(0);
  });

  it('follow the mean where there are too few, or all are alike', () => {
    const few = new TokenFit(line('latin', 0, 0.25, 3));
    expect(few.tokens('latin', 4000)).toBe(1000);
    const alike = new TokenFit(Array(40).fill({ script: 'latin', characters: 200, tokens: 60 }));
    expect(alike.tokens('latin', 400)).toBe(120);
  });

  it('follow all others in a script of which none was counted', () => {
    expect(new TokenFit(line('latin', 0, 0.25)).tokens('other', 400)).toBe(100);
  });

  it('have no error where all were counted, and less the more were', () => {
    const noisy = (n: number): TokenFit =>
      new TokenFit(
        line('latin', 150, 0.25, n).map((one, i) => ({ ...one, tokens: one.tokens + (i % 2) * 20 })),
      );
    expect(noisy(100).squaredError('latin', 100)).toBe(0);
    expect(noisy(400).squaredError('latin', 10_000)).toBeLessThan(
      noisy(100).squaredError('latin', 10_000) / 3,
    );
  });
});
