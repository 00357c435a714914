import { eld } from 'eld/extrasmall';
import type { AnswerCheck } from '../core/answer-check.ts';
import { countWords } from './count-words.ts';

/** Fewer words may be names, numbers, or the same in several languages. */
const FEWEST_WORDS = 8;
/** By so much another language has to be the likelier one, of 1. */
const GAP = 0.1;
/** More of an answer than this is not looked at, in UTF-16 units. */
const ENOUGH = 2_000;

/** Codes under which the detector knows a language, or one that it cannot tell from it. */
const ALIASES: Readonly<Record<string, string>> = {
  nb: 'no',
  nn: 'no',
  iw: 'he',
  id: 'ms',
  fil: 'tl',
  bs: 'hr',
};
/** Languages that are taken for one another. */
const NEAR: readonly (readonly string[])[] = [
  ['no', 'da'],
  ['hr', 'sr', 'sl'],
  ['cs', 'sk'],
];

/**
 * Whether an answer is in the language of this BCP 47 tag. Only a sure miss is told: a short answer passes, and so does
 * every one where the language is none that the detector knows.
 */
export function inLanguage(tag: string): AnswerCheck | undefined {
  const [language = ''] = tag.toLowerCase().split(/[-_]/);
  const code = ALIASES[language] ?? language;
  if (!Object.values(eld.info().Languages).includes(code)) return undefined;
  const near = NEAR.find((group) => group.includes(code)) ?? [code];
  return {
    code: 'wrong_language',
    fault(answer) {
      const text = answer.slice(0, ENOUGH);
      const detected = eld.detect(text);
      if (detected.language === '' || near.includes(detected.language) || !detected.isReliable())
        return undefined;
      const scores = detected.getScores();
      const gap = (scores[detected.language] ?? 0) - (scores[code] ?? 0);
      if (gap < GAP || countWords(text) < FEWEST_WORDS) return undefined;
      return `Your answer is written in ${nameOf(detected.language)}. Write it in ${nameOf(tag)}.`;
    },
  };
}

function nameOf(tag: string): string {
  return new Intl.DisplayNames('en', { type: 'language' }).of(tag) ?? tag;
}
