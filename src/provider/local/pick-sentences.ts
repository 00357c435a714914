import type { Similarity } from './similarity.ts';

/** Share of a sentence's own worth against its likeness to what is already chosen (Carbonell and Goldstein, 1998). */
const WORTH_SHARE = 0.8;

/** From this likeness on a sentence says nothing new, and none is better than that. */
const REPETITION = 0.95;

/** Positions in the order in which they are worth having, none much like an earlier one. `count` at most. */
export function pickSentences(scores: readonly number[], similarity: Similarity, count: number): number[] {
  const best = Math.max(...scores);
  const redundancy = new Array<number>(scores.length).fill(0);
  const left = new Set(scores.keys());
  const picked: number[] = [];
  while (picked.length < count && left.size > 0) {
    let next = -1;
    let nextValue = Number.NEGATIVE_INFINITY;
    for (const at of left) {
      const worth = (scores[at] ?? 0) / best;
      const value = WORTH_SHARE * worth - (1 - WORTH_SHARE) * (redundancy[at] ?? 0);
      if (value > nextValue) {
        next = at;
        nextValue = value;
      }
    }
    picked.push(next);
    left.delete(next);
    for (const at of left) {
      redundancy[at] = Math.max(redundancy[at] ?? 0, similarity.between(next, at));
      if ((redundancy[at] ?? 0) >= REPETITION) left.delete(at);
    }
  }
  return picked;
}
