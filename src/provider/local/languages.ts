import * as lists from 'stopword';

/** Languages told apart by their stop words: at most 31, since each has a bit of an integer. */
const LANGUAGES = [
  ['eng', lists.eng],
  ['deu', lists.deu],
  ['fra', lists.fra],
  ['spa', lists.spa],
  ['por', lists.por],
  ['ita', lists.ita],
  ['nld', lists.nld],
  ['swe', lists.swe],
  ['nob', lists.nob],
  ['dan', lists.dan],
  ['fin', lists.fin],
  ['pol', lists.pol],
  ['ces', lists.ces],
  ['hun', lists.hun],
  ['ron', lists.ron],
  ['tur', lists.tur],
  ['ind', lists.ind],
  ['vie', lists.vie],
  ['rus', lists.rus],
  ['ukr', lists.ukr],
  ['bul', lists.bul],
  ['ell', lists.ell],
  ['ara', lists.ara],
  ['fas', lists.fas],
  ['urd', lists.urd],
  ['heb', lists.heb],
  ['hin', lists.hin],
  ['ben', lists.ben],
  ['tha', lists.tha],
] as const;

export interface Language {
  /** ISO 639-3, or `und` where no list fits. */
  readonly code: (typeof LANGUAGES)[number][0] | 'und';
  isStopWord(word: string): boolean;
}

const UNKNOWN: Language = { code: 'und', isStopWord: () => false };

/** For each stop word the languages in which it is one, as bits. */
const languagesOfWord = new Map<string, number>();
LANGUAGES.forEach(([, words], bit) => {
  for (const word of words) {
    const key = word.toLowerCase();
    languagesOfWord.set(key, (languagesOfWord.get(key) ?? 0) | (1 << bit));
  }
});

const known: readonly Language[] = LANGUAGES.map(([code], bit) => ({
  code,
  isStopWord: (word) => ((languagesOfWord.get(word) ?? 0) & (1 << bit)) !== 0,
}));

/** The language whose stop words make up most of `words` (lower case); of equals, the one with the shorter list. */
export function detectLanguage(words: readonly string[]): Language {
  const hits = new Array<number>(LANGUAGES.length).fill(0);
  for (const word of words) {
    const languages = languagesOfWord.get(word) ?? 0;
    for (let bit = 0; languages >>> bit !== 0; bit += 1) {
      if ((languages >>> bit) & 1) hits[bit] = (hits[bit] ?? 0) + 1;
    }
  }
  const scores = hits.map((count, bit) => count / Math.log(60 + (LANGUAGES[bit]?.[1].length ?? 0)));
  const best = Math.max(...scores);
  return best === 0 ? UNKNOWN : (known[scores.indexOf(best)] ?? UNKNOWN);
}
