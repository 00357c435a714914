import type { Language } from './languages.ts';

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const HAN = /\p{Script=Han}+/gu;
const KATAKANA = /[\p{Script=Katakana}ー]{2,}/gu;
const HANGUL = /\p{Script=Hangul}+/gu;
const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const UNSPACED = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** No letter from here down needs a look at its script. */
const FIRST_UNSPACED_LETTER = 0x0e00;

/** Letters kept of a word, a cheap stem for every language that inflects at the end. */
const STEM_LENGTH = 6;
/** The dictionary segmenter takes time that grows with the square of the run. */
const LONGEST_RUN = 200;

const dictionary = new Intl.Segmenter('th', { granularity: 'word' });

/** The words of a text in lower case, cut only where spaces and punctuation stand. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/**
 * What a sentence is about, for comparing it with others: stems of its content words; pairs of characters where a
 * script writes no spaces (they need no dictionary and compare as well); nothing for stop words.
 */
export function termsOf(sentence: string, language: Language): string[] {
  const terms: string[] = [];
  for (const word of wordsOf(sentence)) {
    if (isPlain(word)) addStem(terms, word, language);
    else if (EAST_ASIAN.test(word)) addPairs(terms, word);
    else if (UNSPACED.test(word)) addSegmented(terms, word, language);
    else addStem(terms, word, language);
  }
  return terms;
}

function isPlain(word: string): boolean {
  return word.charCodeAt(0) < FIRST_UNSPACED_LETTER;
}

function addStem(terms: string[], word: string, language: Language): void {
  if (word.length < 2 || language.isStopWord(word)) return;
  terms.push(word.length > STEM_LENGTH ? word.slice(0, STEM_LENGTH) : word);
}

/** Hiragana is left out: it writes particles and endings. */
function addPairs(terms: string[], word: string): void {
  for (const run of [...(word.match(HAN) ?? []), ...(word.match(HANGUL) ?? [])]) {
    const characters = [...run];
    if (characters.length === 1) terms.push(run);
    for (let at = 1; at < characters.length; at += 1) terms.push(`${characters[at - 1]}${characters[at]}`);
  }
  for (const run of word.match(KATAKANA) ?? []) terms.push(run);
}

function addSegmented(terms: string[], word: string, language: Language): void {
  for (let from = 0; from < word.length; from += LONGEST_RUN) {
    for (const part of dictionary.segment(word.slice(from, from + LONGEST_RUN))) {
      if (part.isWordLike) addStem(terms, part.segment, language);
    }
  }
}
