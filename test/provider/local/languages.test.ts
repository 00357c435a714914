import { describe, expect, it } from 'vitest';
import { detectLanguage } from '../../../src/provider/local/languages.ts';
import { termsOf, wordsOf } from '../../../src/provider/local/terms.ts';
import { articles, references } from './fixtures.ts';

const THREE_LETTERS: Record<string, string> = {
  ...{ ar: 'ara', de: 'deu', el: 'ell', en: 'eng', es: 'spa', fr: 'fra', he: 'heb', hi: 'hin', it: 'ita' },
  ...{ nl: 'nld', pl: 'pol', pt: 'por', ru: 'rus', sv: 'swe', tr: 'tur', uk: 'ukr' },
};

describe('the language of a text', () => {
  const spaced = [...articles(), ...references()].filter(
    ({ id, lang }) => lang in THREE_LETTERS && id !== 'en-log',
  );

  it.each(spaced)('is told by its stop words: $id', ({ lang, text }) => {
    expect(detectLanguage(wordsOf(text)).code).toBe(THREE_LETTERS[lang]);
  });

  it('is unknown where there are none', () => {
    expect(detectLanguage(['xyzzy', 'plugh']).code).toBe('und');
  });
});

describe('the terms of a sentence', () => {
  const english = detectLanguage(['the', 'and', 'of']);

  it('are stems without stop words', () => {
    expect(termsOf('The engineers engineered of 42 bridges', english)).toEqual([
      'engine',
      'engine',
      '42',
      'bridge',
    ]);
  });

  it('are pairs of characters in East Asian scripts, without Japanese endings', () => {
    expect(termsOf('停车场', english)).toEqual(['停车', '车场']);
    expect(termsOf('豆腐を作るトラック', english)).toEqual(['豆腐', '作', 'トラック']);
    expect(termsOf('도서관', english)).toEqual(['도서', '서관']);
  });

  it('are dictionary words in Thai', () => {
    expect(termsOf('ตลาดน้ำ', english).join('')).toBe('ตลาดน้ำ');
  });
});
