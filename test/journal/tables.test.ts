import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digest } from '../../src/journal/digest.ts';
import { type Folded, foldBytes, foldText } from '../../src/journal/fold.ts';
import { GrowingNumbers } from '../../src/journal/growing-numbers.ts';
import { Occurrences } from '../../src/journal/occurrences.ts';
import { RowTable } from '../../src/journal/row-table.ts';

function folded(text: string): Folded {
  const into: Folded = { high: 0, low: 0 };
  foldText(text, into);
  return into;
}

describe('a fold', () => {
  it('is the same of a text and of its bytes', () => {
    const into: Folded = { high: 0, low: 0 };
    const bytes = Buffer.from(`xx${digest('a')}#12yy`);
    foldBytes(bytes, 2, bytes.length - 2, into);
    expect(into).toEqual(folded(`${digest('a')}#12`));
  });

  it('keeps 90,000 digests and their repeats apart', () => {
    const seen = new Set<bigint>();
    for (let n = 0; n < 30_000; n++) {
      for (const text of [digest(String(n)), `${digest(String(n))}#2`, `${digest(String(n))}#3`]) {
        const { high, low } = folded(text);
        seen.add((BigInt(high) << 32n) | BigInt(low));
      }
    }
    expect(seen.size).toBe(90_000);
  });
});

describe('occurrences', () => {
  it('are counted as a Map would', () => {
    const names = fc.array(fc.nat({ max: 3000 }), { maxLength: 10_000 });
    fc.assert(
      fc.property(names, (numbers) => {
        const counts = new Map<number, number>();
        const occurrences = new Occurrences();
        for (const number of numbers) {
          counts.set(number, (counts.get(number) ?? 0) + 1);
          expect(occurrences.add(digest(String(number)))).toBe(counts.get(number));
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('a table of rows', () => {
  it('finds the last row of each key, and drops those before it', () => {
    const numbers = Array.from({ length: 3000 }, (_, n) => (n * n) % 2300);
    const rows = new RowTable();
    const last = new Map<number, number>();
    for (const [row, number] of numbers.entries()) {
      rows.add(folded(`k${number}`), folded(`c${row}`), row * 100, row % 7, row % 2 === 0);
      last.set(number, row);
    }
    expect(rows.size).toBe(numbers.length);
    for (const [row, number] of numbers.entries()) {
      const found = rows.find(folded(`k${number}`)) ?? -1;
      expect(found).toBe(last.get(number));
      expect(rows.isDropped(row)).toBe(row !== found);
      expect([rows.offset(row), rows.maker(row), rows.isGood(row)]).toEqual([
        row * 100,
        row % 7,
        row % 2 === 0,
      ]);
      expect(rows.hasContent(row, folded(`c${row}`))).toBe(true);
      expect(rows.hasContent(row, folded(`c${row + 1}`))).toBe(false);
    }
    expect(rows.find(folded('k-none'))).toBeUndefined();
  });
});

describe('growing numbers', () => {
  it('give back what was set, in order, without what was not', () => {
    const numbers = new GrowingNumbers();
    for (const [index, number] of [
      [5000, 7],
      [3, 0],
      [9000, 2 ** 40],
    ] as const)
      numbers.set(index, number);
    expect([...numbers.values()]).toEqual([0, 7, 2 ** 40]);
    expect([numbers.get(3), numbers.get(4), numbers.get(9001), numbers.length]).toEqual([
      0,
      undefined,
      undefined,
      9001,
    ]);
  });
});
