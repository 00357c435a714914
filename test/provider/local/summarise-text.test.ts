import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTokens } from '../../../src/provider/local/count-tokens.ts';
import { LONGEST_READ } from '../../../src/provider/local/sample-text.ts';
import { summarise, summariseText } from '../../../src/provider/local/summarise-text.ts';
import { articles, articleText, documentText, references } from './fixtures.ts';

const inSentences = (count: number) => ({ shape: { length: { unit: 'sentences', count } } }) as const;
const LONE_SURROGATE = /\p{Cs}/u;
const packed = (text: string): string => text.replace(/\s+/g, '');

/** Whether `part` is left when some characters of `whole` are struck out. */
function isWithin(part: string, whole: string): boolean {
  let at = 0;
  for (let from = 0; at < part.length && from < whole.length; from += 1) {
    if (part[at] === whole[from]) at += 1;
  }
  return at === part.length;
}

describe('a summary', () => {
  it.each([...articles(), ...references()])(
    'of $id ($lang) is a few of its own sentences',
    ({ id, text }) => {
      const summary = summariseText(text);
      expect(summary).not.toBe('');
      expect(summary.length).toBeLessThanOrEqual(text.length);
      if (id !== 'en-html') expect(isWithin(packed(summary), packed(text))).toBe(true);
      expect(summariseText(text)).toBe(summary);
    },
  );

  it('of one or two sentences is the text itself, with its spaces tidied', () => {
    expect(summariseText('  Only one   sentence\there. ')).toBe('Only one sentence here.');
    expect(summariseText('First one.\nSecond one.')).toBe('First one. Second one.');
    expect(summariseText('word')).toBe('word');
  });

  it('has a fifth of the sentences, at least one and at most three', () => {
    const text = (count: number): string =>
      Array.from({ length: count }, (_, at) => `The river Nr${at} has flooded town${at}.`).join(' ');
    const counted = [3, 5, 6, 11, 60].map((count) => summariseText(text(count)).match(/\./g)?.length);
    expect(counted).toEqual([1, 1, 2, 3, 3]);
  });

  it('has as many sentences as are asked for', () => {
    expect(summariseText(articleText('en-tram'), inSentences(1)).match(/\.(?: |$)/g)).toHaveLength(1);
    expect(summariseText(articleText('en-tram'), inSentences(5)).match(/\.(?: |$)/g)).toHaveLength(5);
  });

  it('does not say the same thing twice', () => {
    const fact = 'The bridge over the river was closed because of rust in its cables.';
    const text = `${fact} ${fact} ${fact} A shuttle boat runs every twenty minutes. Repairs will cost nine million. ${fact}`;
    expect(summariseText(text, inSentences(4)).match(/\./g)).toHaveLength(3);
  });

  it('takes neither headings nor code nor tables nor front matter of a Markdown document', () => {
    const summary = summariseText(documentText('backup-guide.md'), inSentences(12));
    expect(summary).not.toMatch(/^#|rsync|useradd|\||version: 3/m);
    expect(summary).toContain('This guide describes');
  });

  it('is made of code or headings where a text has nothing else', () => {
    expect(summariseText('# Only a heading')).toBe('Only a heading');
    expect(summariseText('```\nlet a = 1;\n```')).toBe('let a = 1;');
    expect(summariseText('---')).toBe('---');
  });

  it('reads what a page of HTML shows and not its markup', () => {
    const summary = summariseText(articleText('en-html'), inSentences(9));
    expect(summary).toContain('admission is free.');
    expect(summary).toContain('runs & strikes');
    expect(summary).not.toMatch(/[<>]|track\(|color/);
  });

  it('neither obeys nor stumbles over a text that gives orders', () => {
    const summary = summariseText(articleText('en-injection'), inSentences(3));
    expect(summary).toContain('The committee reviewed the annual report');
  });

  it('joins lines without an end mark by line breaks, and sentences of unspaced scripts by nothing', () => {
    expect(summariseText(articleText('en-bullets'))).toMatch(/^[^\n]+\n[^\n]+$/);
    expect(summariseText(articleText('zh-chaye'))).not.toMatch(/\s/);
  });
});

describe('an upper bound in tokens', () => {
  it('is kept by leaving out the lesser sentences', () => {
    const { text, cut } = summarise(articleText('en-tram'), { maxTokens: 60 });
    expect(countTokens(text)).toBeLessThanOrEqual(60);
    expect(text).toMatch(/\.$/);
    expect(cut).toBe(false);
  });

  it('cuts the best sentence where even that is too long, and says so', () => {
    const { text, cut } = summarise(articleText('en-tram'), { maxTokens: 8 });
    expect(text).toMatch(/^The riverside tram/);
    expect(countTokens(text)).toBeLessThanOrEqual(8);
    expect(cut).toBe(true);
  });

  it('never leaves nothing', () => {
    expect(summarise('👩‍👩‍👧‍👦 hello', { maxTokens: 1 }).text).not.toBe('');
    expect(summarise('中文', { maxTokens: 1 }).text).toBe('中');
    expect(summarise('😀😀', { maxTokens: 1 }).text).toBe('😀');
  });
});

describe('a monstrous text', () => {
  const book = references()
    .map(({ text }) => text)
    .join('\n\n');
  const monsters: Record<string, string> = {
    'a book of a million letters': book.repeat(Math.ceil(1e6 / book.length)),
    'a book on one line': book.replace(/\s+/g, ' ').repeat(Math.ceil(1e6 / book.length)),
    'one letter a hundred thousand times': 'a'.repeat(100_000),
    base64: Buffer.from(book.repeat(5)).toString('base64'),
    'Chinese without punctuation': '委员会星期二开会讨论新的污水处理厂'.repeat(6000),
    'Thai without spaces': 'การประชุมคณะกรรมการในวันอังคาร'.repeat(3000),
    'joined emoji': '👩‍👩‍👧‍👦'.repeat(10_000),
    'one letter under a thousand accents': `a${'\u0301'.repeat(50_000)}`,
    'words without an end': 'lorem ipsum '.repeat(50_000),
    'open tags': `<p>${'<a '.repeat(50_000)}`,
    'short lines': 'x\n'.repeat(50_000),
    abbreviations: 'Dr. '.repeat(50_000),
  };

  it.each(Object.keys(monsters))('is summed up within bounds: %s', (name) => {
    const summary = summariseText(monsters[name] ?? '');
    expect(summary).not.toBe('');
    expect(summary.length).toBeLessThanOrEqual(3 * 601);
    expect(summary).not.toMatch(LONE_SURROGATE);
  });

  it('of any length is read from its beginning to its end', () => {
    const filler = 'Nothing of note happened on that day in the harbour. ';
    const parts = ['alpha', 'omega'].map((word) =>
      `The ${word} treaty about herring was signed. `.repeat(9000),
    );
    const text = `${parts[0]}${filler.repeat(LONGEST_READ / filler.length)}${parts[1]}`;
    expect(summariseText(text, inSentences(8))).toContain('omega treaty');
  });

  it('is not cut inside a grapheme', () => {
    for (const grapheme of ['👩‍👩‍👧‍👦', '🇫🇷', 'e\u0301']) {
      expect(summariseText(grapheme.repeat(5000)).replaceAll(grapheme, '')).toBe('');
    }
  });
});

describe('for any text', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({
      unit: fc.constantFrom('a', 'B', ' ', '.', '\n', '#', '-', '*', '`', '|', '>', '中', 'ก', '😀', '<p>'),
    }),
    fc.constantFrom('', ' \n\t ', '\u200b', '\ufeff'),
  );

  it('a summary is within it in its order, no longer, and empty only for a blank one', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const summary = summariseText(text);
        expect(summary.length).toBeLessThanOrEqual(text.length);
        expect(isWithin(packed(summary), packed(text))).toBe(true);
        expect(summary.trim() === '').toBe(text.trim() === '');
      }),
      { numRuns: 400 },
    );
  });

  it('of plain sentences a summary is some of them, in their order', () => {
    const word = fc.constantFrom('river', 'boat', 'harbour', 'winter', 'council', 'bread', 'north', 'seven');
    const sentence = fc
      .array(word, { minLength: 3, maxLength: 12 })
      .map((words) => `We ${words.join(' ')} here.`);
    fc.assert(
      fc.property(fc.array(sentence, { minLength: 1, maxLength: 30 }), fc.nat(6), (sentences, wanted) => {
        const chosen = summariseText(sentences.join(' '), inSentences(wanted + 1)).split(/(?<=\.) /);
        expect(chosen.length).toBeLessThanOrEqual(wanted + 1);
        let from = 0;
        for (const one of chosen) {
          const at = sentences.indexOf(one, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + 1;
        }
      }),
    );
  });
});
