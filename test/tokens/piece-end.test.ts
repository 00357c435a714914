import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { mostTokens } from '../../src/tokens/most-tokens.ts';
import { pieceEnd } from '../../src/tokens/piece-end.ts';
import { loadTokenCounter } from '../../src/tokens/token-counter.ts';

const ARTICLES = readFileSync(join(import.meta.dirname, '../../fixtures/articles.jsonl'), 'utf8');
const BOOK = readFileSync(join(import.meta.dirname, '../../fixtures/books/moby-dick.txt'), 'utf8').slice(
  0,
  100_000,
);

let count: (text: string) => number;
beforeAll(async () => {
  ({ count } = await loadTokenCounter('gpt-4o'));
});

function piecesOf(text: string, length: number): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; ) {
    const to = pieceEnd(text, from, length);
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}

test.each([
  [200, BOOK],
  [1000, ARTICLES],
  [4096, ARTICLES],
])('pieces of %i units have as many tokens as the whole', (length, text) => {
  const sum = piecesOf(text, length).reduce((tokens, piece) => tokens + count(piece), 0);
  expect(sum).toBe(count(text));
});

test('pieces are the text, none longer than asked but for a pair, and none ends inside of one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 9 }), (text, length) => {
      const pieces = piecesOf(text, length);
      expect(pieces.join('')).toBe(text);
      for (const piece of pieces) {
        expect(piece.length).toBeLessThanOrEqual(Math.max(2, length));
        expect(/[\ud800-\udbff]$/.test(piece)).toBe(false);
      }
    }),
  );
});

test('no text has more tokens than bytes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), (text) => {
      expect(count(text)).toBeLessThanOrEqual(mostTokens(text));
    }),
  );
});
