import { countTokens } from './count-tokens.ts';
import { cutPiece } from './cut-piece.ts';
import type { Sentence } from './split-sentences.ts';

export interface Summary {
  readonly text: string;
  /** Whether the bound cut it in the middle of a sentence. */
  readonly cut: boolean;
}

/**
 * As many of the chosen sentences (positions, the best first) as fit into `maxTokens`, joined in their order; at
 * least the beginning of the best.
 */
export function fitSentences(
  sentences: readonly Sentence[],
  chosen: readonly number[],
  maxTokens: number,
  join: (sentences: readonly Sentence[]) => string,
): Summary {
  let summary = '';
  let taken: number[] = [];
  for (const at of chosen) {
    const more = [...taken, at].sort((a, b) => a - b);
    const joined = join(more.flatMap((position) => sentences[position] ?? []));
    if (countTokens(joined) > maxTokens) continue;
    taken = more;
    summary = joined;
  }
  const best = sentences[chosen[0] ?? 0];
  if (summary !== '' || best === undefined) return { text: summary, cut: false };
  return { text: cutToTokens(best.text, maxTokens), cut: true };
}

function cutToTokens(sentence: string, maxTokens: number): string {
  for (let size = sentence.length; size > 1; size = Math.floor(size * 0.9)) {
    const piece = cutPiece(sentence, 0, size).trimEnd();
    if (countTokens(piece) <= maxTokens) return piece;
  }
  return cutPiece(sentence, 0, 1);
}
