import type { SummaryLength, SummaryShape } from '../../core/summary-shape.ts';
import type { Candidate } from './candidates.ts';
import { detectLanguage, type Language } from './languages.ts';
import type { Sentence } from './split-sentences.ts';
import { wordsOf } from './terms.ts';

/** A length in words may be missed by this share, up or down: sentences are not cut for it. */
const WORD_TOLERANCE = 0.1;
/** Words of the shortest sentence worth having, so that enough are ranked for a length in words. */
const SHORT_SENTENCE = 5;
/** A sentence of more words makes no headline, if there is a shorter one. */
const HEADLINE_WORDS = 16;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** Sentences that have to be ranked for this shape; undefined where it does not say. */
export function sentencesFor({ style, length }: SummaryShape): number | undefined {
  if (style === 'tldr' && length === undefined) return 1;
  if (style === 'headline') return Number.POSITIVE_INFINITY;
  if (length === undefined) return undefined;
  return length.unit === 'sentences' ? length.count : Math.ceil(length.count / SHORT_SENTENCE);
}

/** Those of the chosen sentences (positions, the best first) that the shape has room for. */
export function withinShape(
  sentences: readonly Sentence[],
  chosen: readonly number[],
  { style, length }: SummaryShape,
): readonly number[] {
  if (style === 'headline') return headline(sentences, chosen, length);
  if (length?.unit !== 'words') return chosen;
  return withinWords(sentences, chosen, length.count);
}

/** As many as come near the number of words; if none is short enough, the shortest. */
function withinWords(
  sentences: readonly Sentence[],
  chosen: readonly number[],
  most: number,
): readonly number[] {
  const taken: number[] = [];
  let total = 0;
  for (const at of chosen) {
    const words = countWords(sentences[at]?.text ?? '');
    if (total + words > most * (1 + WORD_TOLERANCE)) continue;
    taken.push(at);
    total += words;
    if (total >= most * (1 - WORD_TOLERANCE)) break;
  }
  return taken.length > 0 ? taken : shortest(sentences, chosen);
}

function headline(
  sentences: readonly Sentence[],
  chosen: readonly number[],
  length: SummaryLength | undefined,
): readonly number[] {
  const most = length?.unit === 'words' ? length.count * (1 + WORD_TOLERANCE) : HEADLINE_WORDS;
  const fitting = chosen.find((at) => countWords(sentences[at]?.text ?? '') <= most);
  return fitting === undefined ? shortest(sentences, chosen) : [fitting];
}

function shortest(sentences: readonly Sentence[], chosen: readonly number[]): readonly number[] {
  const lengths = chosen.map((at) => countWords(sentences[at]?.text ?? ''));
  const best = chosen[lengths.indexOf(Math.min(...lengths))];
  return best === undefined ? [] : [best];
}

/** Words by the rules of the script, Chinese and Thai included. */
export function countWords(text: string): number {
  let words = 0;
  for (const { isWordLike } of segmenter.segment(text)) if (isWordLike) words += 1;
  return words;
}

/** How the sentences become one text. */
export function joinerFor({ style }: SummaryShape): (sentences: readonly Sentence[]) => string {
  switch (style) {
    case 'bullets':
      return (sentences) => sentences.map(({ text }) => `- ${text}`).join('\n');
    case 'headline':
      return (sentences) => joinSentences(sentences).replace(/[.。]$/, '');
    case 'paragraph':
    case 'abstract':
    case 'tldr':
      return (sentences) => joinSentences(sentences).replaceAll(/\s*\n\s*/g, ' ');
    default:
      return joinSentences;
  }
}

function joinSentences(sentences: readonly Sentence[]): string {
  return sentences
    .map(({ text, gap }) => text + gap)
    .join('')
    .trimEnd();
}

/** ISO 639-3 by ISO 639-1, of the languages that are told apart. */
const CODES: Readonly<Record<string, Language['code']>> = {
  ...{
    en: 'eng',
    de: 'deu',
    fr: 'fra',
    es: 'spa',
    pt: 'por',
    it: 'ita',
    nl: 'nld',
    sv: 'swe',
    nb: 'nob',
    no: 'nob',
  },
  ...{
    da: 'dan',
    fi: 'fin',
    pl: 'pol',
    cs: 'ces',
    hu: 'hun',
    ro: 'ron',
    tr: 'tur',
    id: 'ind',
    vi: 'vie',
    ru: 'rus',
  },
  ...{
    uk: 'ukr',
    bg: 'bul',
    el: 'ell',
    ar: 'ara',
    fa: 'fas',
    ur: 'urd',
    he: 'heb',
    hi: 'hin',
    bn: 'ben',
    th: 'tha',
  },
};

/**
 * Of a text in several languages the sentences in the one that is wanted. A text that has none of them stays as it is:
 * nothing is translated here.
 */
export function inLanguage(candidates: readonly Candidate[], tag: string | undefined): readonly Candidate[] {
  const code = tag === undefined ? undefined : CODES[tag.split('-')[0]?.toLowerCase() ?? ''];
  if (code === undefined) return candidates;
  const wanted = candidates.filter(({ text }) => detectLanguage(wordsOf(text)).code === code);
  return wanted.length > 0 ? wanted : candidates;
}
