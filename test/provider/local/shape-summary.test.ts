import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SummaryShape } from '../../../src/core/summary-shape.ts';
import { countWords } from '../../../src/provider/local/shape-summary.ts';
import { summariseText } from '../../../src/provider/local/summarise-text.ts';
import { articles, articleText } from './fixtures.ts';

const summary = (text: string, shape: SummaryShape): string => summariseText(text, { shape });
const inWords = (count: number): SummaryShape => ({ length: { unit: 'words', count } });
const tram = articleText('en-tram');

describe('the length of a summary', () => {
  it.each([40, 80, 120])('of about %i words is kept, without cutting a sentence', (count) => {
    const text = summary(tram, inWords(count));
    expect(countWords(text)).toBeLessThanOrEqual(count * 1.1);
    expect(countWords(text)).toBeGreaterThanOrEqual(count * 0.5);
    expect(text).toMatch(/[.!?”"]$/);
  });

  it('in words is that of the shortest good sentence where all are longer', () => {
    expect(summary(tram, inWords(1))).toMatch(/^[A-Z].*\.$/s);
  });

  it('in words holds for every article, in every script', () => {
    fc.assert(
      fc.property(fc.constantFrom(...articles()), fc.integer({ min: 30, max: 300 }), ({ text }, count) => {
        const written = summary(text, inWords(count));
        expect(written).not.toBe('');
        const sentences = written.split(/(?<=[.!?。])\s*/).length;
        if (sentences > 1) expect(countWords(written)).toBeLessThanOrEqual(count * 1.1 + 1);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the style of a summary', () => {
  it('bullets: a line for each sentence', () => {
    const lines = summary(tram, { style: 'bullets', length: { unit: 'sentences', count: 3 } }).split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^- \S/);
  });

  it('paragraph: no line breaks, even between sentences of different paragraphs', () => {
    const shape: SummaryShape = { style: 'paragraph', length: { unit: 'sentences', count: 5 } };
    expect(
      summary('One is here.\n\nTwo is there.\n\nThree is nowhere.\n\nFour is late.', shape),
    ).not.toContain('\n');
  });

  it('headline: one short sentence, without its full stop', () => {
    const headline = summary(tram, { style: 'headline' });
    expect(headline).not.toMatch(/[.\n]$/);
    expect(
      summary('The council met. It approved the new bridge over the river.', { style: 'headline' }),
    ).not.toContain('. ');
  });

  it('tldr: one sentence', () => {
    expect(summary(tram, { style: 'tldr' }).match(/\.(?: |$)/g)).toHaveLength(1);
  });
});

describe('the language of a summary', () => {
  const german =
    'Die Brücke über den Fluss wird im Sommer erneuert, und die Stadt zahlt dafür zwei Millionen.';
  const english =
    'The bridge over the river will be renewed in the summer, and the city pays two million for it.';
  const mixed = `${english} ${german} It is the largest project of the year. Es ist das größte Vorhaben des Jahres.`;

  it('decides over the sentences of a text in several languages', () => {
    const shape: SummaryShape = { language: 'de', length: { unit: 'sentences', count: 1 } };
    expect(summary(mixed, shape)).toBe(german);
    expect(summary(mixed, { ...shape, language: 'en-GB' })).toBe(english);
  });

  it('that the text does not have changes nothing', () => {
    expect(summary(english, { language: 'de' })).toBe(english);
    expect(summary(english, { language: 'xx' })).toBe(english);
  });
});
