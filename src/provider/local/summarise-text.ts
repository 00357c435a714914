import type { SummaryShape } from '../../core/summary-shape.ts';
import { type Candidate, candidatesOf } from './candidates.ts';
import { fitSentences, type Summary } from './fit-sentences.ts';
import { detectLanguage } from './languages.ts';
import { pickSentences } from './pick-sentences.ts';
import { preselect } from './preselect.ts';
import { rankSentences } from './rank-sentences.ts';
import { sampleText } from './sample-text.ts';
import { inLanguage, joinerFor, sentencesFor, withinShape } from './shape-summary.ts';
import { Similarity } from './similarity.ts';
import { LONGEST_SENTENCE } from './split-sentences.ts';
import { termsOf, wordsOf } from './terms.ts';

export interface SummariseOptions {
  /** What the summary should be like; by default a fifth of the sentences, at least 1 and at most 3, as they stand. */
  readonly shape?: SummaryShape;
  /** Upper bound of the summary in tokens, as `countTokens` estimates them. */
  readonly maxTokens?: number;
}

const DEFAULT_MOST = 3;
const DEFAULT_SHARE = 1 / 5;
/** As much of a text tells its language. */
const LANGUAGE_SAMPLE = 2000;
/** Weight of the first sentence and the second. */
const OPENING = [3, 2];

/**
 * A summary made of the text's own sentences, in their order. Never empty for a text that is not blank, never longer
 * than the text, the same for the same text; a text of one or two sentences comes back whole.
 */
export function summariseText(text: string, options: SummariseOptions = {}): string {
  return summarise(text, options).text;
}

/** The same, with a word on whether `maxTokens` cut it. */
export function summarise(text: string, options: SummariseOptions = {}): Summary {
  const read = sampleText(text);
  const language = detectLanguage(wordsOf(read.slice(0, LANGUAGE_SAMPLE)));
  const { shape = {} } = options;
  const candidates = inLanguage(candidatesOf(read, language), shape.language);
  const count = sentencesFor(shape) ?? defaultCount(candidates);
  const isWhole = count >= candidates.length && shape.length?.unit !== 'words' && shape.style !== 'headline';
  const chosen = isWhole
    ? [...candidates.keys()]
    : chooseSentences(
        candidates,
        candidates.map(({ text }) => termsOf(text, language)),
        Math.max(1, Math.min(count, candidates.length)),
      );
  const taken = withinShape(candidates, chosen, shape);
  return fitSentences(candidates, taken, options.maxTokens ?? Number.POSITIVE_INFINITY, joinerFor(shape));
}

function defaultCount(candidates: readonly Candidate[]): number {
  const length = candidates.reduce((sum, { text }) => sum + text.length, 0);
  if (candidates.length <= 2 && length <= 2 * LONGEST_SENTENCE) return candidates.length;
  return Math.min(DEFAULT_MOST, Math.ceil(candidates.length * DEFAULT_SHARE));
}

/** Positions of the chosen sentences, the best first. */
function chooseSentences(
  candidates: readonly Candidate[],
  terms: readonly (readonly string[])[],
  count: number,
): number[] {
  const compared = preselect(terms);
  const similarity = new Similarity(compared.map((at) => terms[at] ?? []));
  const ranks = rankSentences(similarity);
  const scores = compared.map((at, index) => {
    const candidate = candidates[at];
    if (candidate === undefined) return 0;
    const rank = 0.2 + 0.8 * (ranks[index] ?? 0);
    return rank * prior(candidate, at, candidates.length, terms[at]?.length ?? 0);
  });
  return pickSentences(scores, similarity, count).map((index) => compared[index] ?? 0);
}

/**
 * What place and shape alone say of a sentence's worth: those that open a text or a paragraph tend to say what it is
 * about. Chosen on `fixtures/references.jsonl`, in the middle of a wide range that does as well.
 */
function prior(candidate: Candidate, at: number, of: number, terms: number): number {
  const place = (OPENING[at] ?? 1) + 0.4 * (1 - at / of);
  const shape = terms < 4 ? 0.4 : candidate.text.endsWith('?') ? 0.6 : 1;
  if (candidate.kind === 'item') return place * shape * 0.8;
  return place * shape * (candidate.startsBlock ? 2 : 1);
}
