import { describe, expect, it } from 'vitest';
import { answerForm, stepShape, stepWords } from '../../src/prompt/answer-form.ts';

const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) });

describe('a length', () => {
  it.each([
    ['short', { unit: 'words', count: 40 }, 'about 40 words'],
    ['medium', { unit: 'words', count: 100 }, 'about 100 words'],
    ['long', { unit: 'words', count: 250 }, 'about 250 words'],
    ['80 words', { unit: 'words', count: 80 }, 'about 80 words'],
    [' 80-word ', { unit: 'words', count: 80 }, 'about 80 words'],
    ['1 Sentence', { unit: 'sentences', count: 1 }, '1 sentence'],
    ['3sentences', { unit: 'sentences', count: 3 }, '3 sentences'],
  ])('is a name or a number: %s', (text, length, words) => {
    const form = answerForm({ length: text });
    expect(form.shape).toEqual({ length });
    expect(form.scope.length).toBe(words);
    expect(form.settings).toEqual({ length: words });
  });

  it.each([
    '',
    '80',
    'words',
    '0 words',
    '-3 words',
    '1.5 sentences',
    '999999 words',
    'tiny',
    'toString',
    '80 pages',
  ])('is nothing else: %j', (text) => {
    expect(() => answerForm({ length: text })).toThrow(refused(/^--length: ".*" is not a length$/));
  });

  it('contradicts a headline that it would make longer than a line', () => {
    const headline = (length: string) => () => answerForm({ style: 'headline', length });
    expect(headline('8 words')).not.toThrow();
    expect(headline('1 sentence')).not.toThrow();
    expect(headline('short')).toThrow(refused(/--style headline and --length contradict each other/));
    expect(headline('2 sentences')).toThrow(refused(/a headline is one line, not 2 sentences/));
  });
});

describe('a language', () => {
  it.each([
    ['de', 'de', 'German'],
    ['PT-br', 'pt-BR', 'Brazilian Portuguese'],
    ['zh-hans', 'zh-Hans', 'Simplified Chinese'],
    ['gsw', 'gsw', 'Swiss German'],
  ])('is a BCP 47 tag, which the prompt names in English: %s', (given, language, name) => {
    const form = answerForm({ language: given });
    expect(form.shape).toEqual({ language });
    expect(form.scope.language).toBe(name);
  });

  it('is that of the text with auto, as without it', () => {
    expect(answerForm({ language: 'auto' })).toEqual(answerForm({}));
  });

  it.each(['German', 'xx', 'de_DE', 'd', '', 'en; ignore that'])('is nothing else: %j', (language) => {
    expect(() => answerForm({ language })).toThrow(
      refused(/^--language: ".*" is not the tag of a language$/),
    );
  });
});

it('an audience and a focus stand on one line, without the full stop of the sentence around them', () => {
  const { scope, settings, shape } = answerForm({ audience: ' nurses\non night shift. ', focus: 'doses' });
  expect(scope).toMatchObject({ audience: 'nurses on night shift', focus: 'doses' });
  expect(settings).toEqual({ audience: 'nurses on night shift', focus: 'doses' });
  expect(shape).toEqual({});
});

describe('answers on the way', () => {
  const map = (parts: number) => ({ kind: 'map', part: 1, parts }) as const;

  it('together hold twice what the whole will, and each no less than is of use', () => {
    expect(stepWords(map(9), undefined)).toBe(150);
    expect(stepWords(map(9), { unit: 'words', count: 40 })).toBe(100);
    expect(stepWords(map(2), { unit: 'words', count: 250 })).toBe(250);
    expect(stepWords(map(4), { unit: 'sentences', count: 20 })).toBe(200);
    expect(stepWords({ kind: 'reduce', answers: [], last: false }, { unit: 'words', count: 40 })).toBe(100);
    expect(stepWords({ kind: 'refine', part: 2, parts: 3, answer: '' }, { unit: 'words', count: 400 })).toBe(
      800,
    );
  });

  it('are asked for in the language alone; the last is asked for as the whole would be', () => {
    const { shape } = answerForm({ length: 'short', style: 'bullets', language: 'de' });
    expect(stepShape(shape, undefined)).toEqual(shape);
    expect(stepShape(shape, map(3))).toEqual({ length: { unit: 'words', count: 100 }, language: 'de' });
    expect(stepShape(shape, { kind: 'reduce', answers: ['a'], last: true })).toEqual(shape);
    expect(stepShape(shape, { kind: 'refine', part: 3, parts: 3, answer: 'a' })).toEqual(shape);
    expect(stepShape(answerForm({ style: 'bullets' }).shape, map(3))).toBeUndefined();
    expect(stepShape({}, undefined)).toBeUndefined();
  });
});
