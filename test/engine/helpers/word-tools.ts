import type { TextTools } from '../../../src/core/text-tools.ts';

/** Text tools to which a word is a token. Parts are of equal size; they overlap by whole words. */
export function wordTools(): TextTools & { readonly learnt: [number, number][] } {
  const learnt: [number, number][] = [];
  const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
  return {
    learnt,
    count: async (text) => wordsOf(text).length,
    chunk: async (text, { maxTokens, overlapTokens }) => {
      const words = wordsOf(text);
      const step = maxTokens - overlapTokens;
      const chunks: string[] = [];
      for (let from = 0; from === 0 || from + overlapTokens < words.length; from += step) {
        chunks.push(words.slice(from, from + maxTokens).join(' '));
      }
      return chunks;
    },
    head: async (text, maxTokens) => wordsOf(text).slice(0, maxTokens).join(' '),
    learn: (counted, reported) => learnt.push([counted, reported]),
  };
}
