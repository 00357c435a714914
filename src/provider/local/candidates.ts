import type { Language } from './languages.ts';
import { END_MARK, type Sentence, type SentenceRules, splitSentences } from './split-sentences.ts';
import { type Block, collapseSpaces, splitBlocks } from './text-blocks.ts';

/** A sentence that may be chosen. */
export interface Candidate extends Sentence {
  readonly kind: Block['kind'];
  readonly startsBlock: boolean;
}

const ORDINAL_DOT: ReadonlySet<Language['code']> = new Set(['deu', 'nob', 'dan', 'fin', 'ces', 'hun', 'tur']);

/** Sentences of the prose and the lists; of headings and code only where there is nothing else. */
export function candidatesOf(text: string, language: Language): Candidate[] {
  const blocks = splitBlocks(text);
  const material = blocks.filter((block) => block.kind !== 'aside');
  const rules = rulesFor(language);
  const candidates = (material.length > 0 ? material : blocks).flatMap((block) => sentencesOf(block, rules));
  if (candidates.length > 0) return candidates;
  return sentencesOf({ kind: 'prose', text: collapseSpaces(text) }, rules);
}

function sentencesOf(block: Block, rules: SentenceRules): Candidate[] {
  const sentences = splitSentences(block.text, rules);
  return sentences.map(({ text, gap }, at) => ({
    text,
    gap: at < sentences.length - 1 ? gap : END_MARK.test(text.slice(-2)) ? ' ' : '\n',
    kind: block.kind,
    startsBlock: at === 0,
  }));
}

function rulesFor(language: Language): SentenceRules {
  return { locale: language.code === 'ell' ? 'el' : 'en', ordinalDot: ORDINAL_DOT.has(language.code) };
}
