import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { countWords } from '../../src/answers/count-words.ts';
import { type CheckOptions, checkSettings, openAnswerChecks } from '../../src/answers/open-answer-checks.ts';

const ENGLISH =
  'The island ferry operator has been fined for sailing with too few crew on forty-one days last year.';
const GERMAN =
  'Der Betreiber der Inselfähre muss eine Strafe zahlen, weil er an 41 Tagen mit zu wenig Personal fuhr.';

async function misses(options: CheckOptions, answer: string, text = ''): Promise<readonly string[]> {
  const checks = await openAnswerChecks(options);
  const record = { text, fields: {}, id: 'a', index: 0 };
  return checks.filter((check) => check.fault(answer, record) !== undefined).map(({ code }) => code);
}

describe('the length of an answer', () => {
  test('may be the least or the most, and neither less nor more', async () => {
    const limits = { minWords: 3, maxWords: 4 };
    expect(await misses(limits, 'two words')).toEqual(['too_short']);
    expect(await misses(limits, 'now three words')).toEqual([]);
    expect(await misses(limits, "and it's four, words!")).toEqual([]);
    expect(await misses(limits, 'which is one too many')).toEqual(['too_long']);
  });

  test('is counted in words where no blanks part them', () => {
    expect(countWords('南湖区下周起在老城区试行共享停车。')).toBeGreaterThan(6);
    expect(countWords('県は来月から、乗り入れを制限する。')).toBeGreaterThan(5);
    expect(countWords('one\ntwo – 3.5 %\n\nfour')).toBe(4);
    expect(countWords('')).toBe(0);
  });

  test('is told to the model with both numbers', async () => {
    const [check] = await openAnswerChecks({ maxWords: 2 });
    expect(check?.fault('one two three', { text: '', fields: {}, id: 'a', index: 0 })).toBe(
      'Your answer has 3 words, which is too long: it must not have more than 2.',
    );
  });

  test('cannot be asked to be impossible', async () => {
    await expect(openAnswerChecks({ minWords: 5, maxWords: 4 })).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a copy of the text', () => {
  const text = `${ENGLISH} It had been warned twice. The fine is the highest of its kind.`;
  const copy = { checkCopy: true };

  test('is found whatever its marks and case, and where it stops early', async () => {
    expect(await misses(copy, text, text)).toEqual(['same_as_input']);
    expect(await misses(copy, `**${text.toUpperCase()}**`, text.replaceAll(' ', '\n'))).toEqual([
      'same_as_input',
    ]);
    expect(await misses(copy, ENGLISH, `${text} ${text}`)).toEqual(['same_as_input']);
  });

  test('is not one in its own words, nor where there is too little to say otherwise', async () => {
    expect(await misses(copy, `In short: ${text}`, text)).toEqual([]);
    expect(await misses(copy, 'Pump 3 is off.', 'Pump 3 is off.')).toEqual([]);
    expect(await misses({}, text, text)).toEqual([]);
  });
});

describe('the language of an answer', () => {
  test('is missed only by a sure miss', async () => {
    expect(await misses({ language: 'de' }, GERMAN)).toEqual([]);
    expect(await misses({ language: 'de-AT' }, GERMAN)).toEqual([]);
    expect(await misses({ language: 'de' }, ENGLISH)).toEqual(['wrong_language']);
    expect(await misses({ language: 'ja' }, ENGLISH)).toEqual(['wrong_language']);
    expect(await misses({ language: 'de' }, 'Microsoft Word for Windows')).toEqual([]);
    expect(
      await misses(
        { language: 'nb' },
        'Operatør af øens færge har fået en bøde for at sejle med for få folk.',
      ),
    ).toEqual([]);
  });

  test('is not looked at without one, with auto, where it is turned off, or where nobody could tell', async () => {
    for (const options of [
      {},
      { language: 'auto' },
      { language: 'de', checkLanguage: false },
      { language: 'cy' },
    ]) {
      expect(await misses(options, ENGLISH)).toEqual([]);
    }
  });

  test('is told by its name', async () => {
    const [check] = await openAnswerChecks({ language: 'pt-BR' });
    expect(check?.fault(ENGLISH, { text: '', fields: {}, id: 'a', index: 0 })).toBe(
      'Your answer is written in English. Write it in Brazilian Portuguese.',
    );
  });

  test('is right for every text and summary of the fixtures, down to single sentences', async () => {
    const rows = ['articles', 'references'].flatMap((name) =>
      readFileSync(`fixtures/${name}.jsonl`, 'utf8').trim().split('\n'),
    );
    const wrong: string[] = [];
    for (const { id, lang, text, summary = '' } of rows.map((row) => JSON.parse(row))) {
      const sentences = new Intl.Segmenter(lang, { granularity: 'sentence' });
      const parts = [...sentences.segment(`${text}\n${summary}`)].map(({ segment }) => segment);
      for (const part of parts.slice(0, 10)) {
        if ((await misses({ language: lang }, part)).length > 0) wrong.push(`${id}: ${part}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

test('the settings name what decides over answers, and nothing else', () => {
  expect(checkSettings({ minWords: 5, checkCopy: false, language: 'auto' })).toEqual({ minWords: 5 });
  expect(checkSettings({ maxWords: 9, checkCopy: true, language: 'de' })).toEqual({
    maxWords: 9,
    checkCopy: true,
    checkLanguage: 'de',
  });
});
