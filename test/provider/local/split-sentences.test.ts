import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_SENTENCE, splitSentences } from '../../../src/provider/local/split-sentences.ts';

const split = (text: string, locale = 'en', ordinalDot = false): string[] =>
  splitSentences(text, { locale, ordinalDot }).map((sentence) => sentence.text);

describe('splitting into sentences', () => {
  it('does not end one behind a title, an initial or an abbreviation', () => {
    expect(split('Dr. Smith met J. S. Bach. They spoke.')).toEqual([
      'Dr. Smith met J. S. Bach.',
      'They spoke.',
    ]);
    expect(split('See Fig. 3 for this. Next one.')).toEqual(['See Fig. 3 for this.', 'Next one.']);
  });

  it('does not end one behind a German ordinal', () => {
    expect(split('Am 3. Mai beginnt es. Alle kommen.', 'en', true)).toEqual([
      'Am 3. Mai beginnt es.',
      'Alle kommen.',
    ]);
  });

  it('knows the end marks of other scripts', () => {
    expect(split('これは本です。あれは何ですか？')).toEqual(['これは本です。', 'あれは何ですか？']);
    expect(split('यह किताब है। वह क्या है?')).toEqual(['यह किताब है।', 'वह क्या है?']);
    expect(split('هل هذا كتاب؟ نعم هو كتاب.')).toEqual(['هل هذا كتاب؟', 'نعم هو كتاب.']);
    expect(split('Πόσο κόστισε; Πολύ.', 'el')).toEqual(['Πόσο κόστισε;', 'Πολύ.']);
  });

  it('cuts Thai at its spaces', () => {
    const phrase = 'ตลาดแห่งนี้มีแผงค้าหนึ่งร้อยยี่สิบแผงส่วนใหญ่เป็นของชาวบ้าน';
    expect(split(`${phrase} ${phrase} ${phrase}`)).toEqual([phrase, phrase, phrase]);
  });

  it('loses nothing and makes no piece too long or empty', () => {
    const unit = fc.constantFrom('a', 'Bc', ' ', '. ', '!', '中', '。', 'กข', '👩‍👩‍👧‍👦', 'e\u0301', 'Dr. ');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 3000, size: 'max' }), (raw) => {
        const text = raw.replace(/\s+/g, ' ').trim();
        const sentences = splitSentences(text, { locale: 'en', ordinalDot: false });
        expect(sentences.map((sentence) => sentence.text + sentence.gap).join('')).toBe(text);
        for (const sentence of sentences) {
          expect(sentence.text).not.toBe('');
          expect(sentence.text.length).toBeLessThanOrEqual(LONGEST_SENTENCE);
        }
      }),
      { numRuns: 100 },
    );
  });
});
