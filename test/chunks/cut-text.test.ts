import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cutHead, cutText, type Range } from '../../src/chunks/cut-text.ts';
import type { Meter } from '../../src/chunks/meter.ts';
import { loadTokenCounter } from '../../src/tokens/token-counter.ts';

const BOOK = readFileSync(join(import.meta.dirname, '../../fixtures/books/moby-dick.txt'), 'utf8');

let count: (text: string) => number;
let meter: Meter;

beforeAll(async () => {
  ({ count } = await loadTokenCounter('gpt-4o'));
  meter = { count, rest: () => undefined };
});

async function cut(text: string, maxTokens: number, overlapTokens = 0): Promise<string[]> {
  const parts = await cutText(text, { maxTokens, overlapTokens }, meter);
  return parts.map(({ from, to }) => text.slice(from, to));
}

const UNITS = [
  'word ',
  'Sentence ends. ',
  'Is it? ',
  '# Title\n\n',
  'Paragraph\n\n',
  '- item\n',
  'line\r\n',
  ' ',
  '\n',
  '\t',
  'incomprehensibilities',
  '漢字',
  '春天来了。',
  'สวัสดีครับ',
  'नमस्ते ',
  'e\u0301',
  ' \u0301',
  '👨‍👩‍👧‍👦',
  '🇩🇪',
  '😀',
  '\u0600 ',
  '\ud800',
  '\udc00',
  'Zm9vYmFy+/',
  '7',
  '\u00a0',
  '<|endoftext|>',
];

const texts = fc
  .array(fc.tuple(fc.constantFrom(...UNITS), fc.integer({ min: 1, max: 12 })), { maxLength: 25 })
  .map((parts) => parts.map(([unit, times]) => unit.repeat(times)).join(''));
const anyText = fc.oneof(texts, fc.string({ unit: 'binary', maxLength: 120 }));
const sizes = fc.record({
  maxTokens: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 8, max: 120 })),
  overlapTokens: fc.nat(30),
});

/** The part of each range that no range before it has. */
function newParts(parts: readonly Range[]): Range[] {
  return parts.map(({ from, to }, i) => ({ from: Math.max(from, parts[i - 1]?.to ?? 0), to }));
}

describe('any text, cut to any size,', () => {
  test('is there in its order, whole but for blanks at the cuts', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, sizes, async (text, size) => {
        const parts = newParts(await cutText(text, size, meter));
        let end = 0;
        for (const { from, to } of parts) {
          expect(to >= from && text.slice(end, from).trim() === '').toBe(true);
          end = to;
        }
        expect(text.slice(end).trim()).toBe('');
      }),
    );
  });

  test('has no part that is too long, unless it is a single character', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, sizes, async (text, size) => {
        const parts = await cut(text, size.maxTokens, size.overlapTokens);
        const tooLong = parts.filter((part) => count(part) > size.maxTokens && [...part].length > 1);
        expect(tooLong).toEqual([]);
      }),
    );
  });

  test('is cut inside a grapheme only where that alone is too long, and never inside a character', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, sizes, async (text, size) => {
        const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text);
        const parts = await cutText(text, size, meter);
        for (const at of parts.flatMap(({ from, to }) => [from, to])) {
          expect(/[\ud800-\udbff]$/.test(text.slice(0, at)) && /^[\udc00-\udfff]/.test(text.slice(at))).toBe(
            false,
          );
          const cutGrapheme = at < text.length ? graphemes.containing(at) : undefined;
          if (cutGrapheme === undefined || cutGrapheme.index === at) continue;
          expect(count(cutGrapheme.segment)).toBeGreaterThan(size.maxTokens);
        }
      }),
    );
  });

  test('repeats no more than it should', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, sizes, async (text, size) => {
        const parts = await cutText(text, size, meter);
        for (const [i, { from }] of parts.entries()) {
          const before = parts[i - 1];
          if (before === undefined || from >= before.to) continue;
          expect(from).toBeGreaterThan(before.from);
          expect(count(text.slice(from, before.to))).toBeLessThanOrEqual(size.overlapTokens);
        }
      }),
    );
  });

  test('has a beginning that fits', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, sizes, async (text, { maxTokens }) => {
        const { from, to } = await cutHead(text, maxTokens, meter);
        expect(text.slice(0, from).trim()).toBe('');
        const head = text.slice(from, to);
        expect(count(head) <= maxTokens || [...head].length === 1).toBe(true);
        expect(head !== '' || text.trim() === '').toBe(true);
      }),
    );
  });
});

describe('prose', () => {
  test.each([300, 1000, 4000])(
    'fills parts of %i tokens well and evenly, and ends them with sentences',
    async (most) => {
      const parts = await cut(BOOK.slice(0, 400_000), most);
      const tokens = parts.map(count);
      const mean = tokens.reduce((sum, each) => sum + each, 0) / tokens.length;
      expect(Math.max(...tokens)).toBeLessThanOrEqual(most);
      expect(mean).toBeGreaterThan(most * 0.85);
      expect(Math.min(...tokens)).toBeGreaterThan(most * 0.4);
      const ended = parts.filter((part) => /[.!?—;:][”’"')\]_]*$/.test(part));
      expect(ended.length + 1).toBeGreaterThan(parts.length * 0.97);
    },
  );

  test('that fits is one part, as it stands', async () => {
    const text = '\n  One.\n\nTwo.  \n';
    expect(await cut(text, count(text))).toEqual([text]);
  });

  test('a little longer than a part becomes two halves, not a part and a stub', async () => {
    const text = 'A sentence of seven words stands here. '.repeat(100).trim();
    const [first = '', second = '', ...more] = await cut(text, Math.floor(count(text) * 0.95));
    expect(more).toEqual([]);
    expect(Math.abs(count(first) - count(second))).toBeLessThan(20);
  });

  test('whose lines are wrapped is not cut inside a sentence', async () => {
    const sentence =
      'The harpooneer went slowly down to the\nharbour, where his ship and a few of the\nmen lay waiting. ';
    const parts = await cut(sentence.repeat(40), 100);
    expect(parts.filter((part) => !part.endsWith('waiting.'))).toEqual([]);
  });

  test('without a stop is cut between words', async () => {
    const parts = await cut('alpha beta gamma delta '.repeat(100), 50);
    expect(parts.join(' ').split(/\s+/)).toEqual('alpha beta gamma delta '.repeat(100).trim().split(' '));
  });

  test('with initials and titles is not cut behind them', async () => {
    const text = 'We met Mr. Smith and Dr. J. Miller in St. Louis. '.repeat(60);
    expect((await cut(text, 60)).filter((part) => !part.endsWith('Louis.'))).toEqual([]);
  });

  test('in Chinese is cut behind sentences', async () => {
    const parts = await cut('春天来了，花园里的花都开了。孩子们在草地上奔跑。'.repeat(50), 120);
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.filter((part) => !part.endsWith('。'))).toEqual([]);
  });
});

describe('structure', () => {
  const body = 'Some words about it stand in this paragraph, which is not long. '.repeat(3).trim();

  test('a part begins with a heading rather than ending before a paragraph', async () => {
    const text = Array.from({ length: 20 }, (_, i) => `## Part ${i}\n\n${body}\n\n${body}`).join('\n\n');
    const parts = await cut(text, 400);
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.filter((part) => !part.startsWith('## Part'))).toEqual([]);
  });

  test.each([
    ['Markdown', '## Results'],
    ['underlined', 'Results\n-------'],
    ['plain', 'Results'],
  ])('no part ends with a heading (%s)', async (_name, heading) => {
    const text = Array.from({ length: 40 }, () => `${heading}\n\n${body}`).join('\n\n');
    for (const size of [60, 75, 90, 130, 200]) {
      expect((await cut(text, size)).filter((part) => part.endsWith(heading))).toEqual([]);
    }
  });

  test('paragraphs stay whole where they fit', async () => {
    const parts = await cut(Array.from({ length: 30 }, () => body).join('\n\n'), 200);
    expect(parts.flatMap((part) => part.split('\n\n'))).toEqual(Array.from({ length: 30 }, () => body));
  });

  test('lines of a log stay whole', async () => {
    const line = '2025-01-01T00:00:00Z INFO Request handled; status=200. Took 5 ms';
    const parts = await cut(Array.from({ length: 200 }, () => line).join('\n'), 300);
    expect(parts.flatMap((part) => part.split('\n')).filter((each) => each !== line)).toEqual([]);
  });

  test('a word longer than a part is cut', async () => {
    const parts = await cut(`start ${'x1y2'.repeat(500)} end`, 100);
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.join('').replace(/ /g, '')).toBe(`start${'x1y2'.repeat(500)}end`);
  });
});

describe('the overlap', () => {
  test('is whole sentences from the end of the part before', async () => {
    const text = Array.from({ length: 200 }, (_, i) => `This is sentence number ${i}.`).join(' ');
    const parts = await cut(text, 100, 20);
    for (const [i, part] of parts.entries()) {
      expect(part).toMatch(/^This is .*\.$/s);
      const last = parts[i - 1]?.match(/This is sentence number \d+\.$/)?.[0];
      if (last !== undefined) expect(part).toContain(last);
    }
  });

  test('is words where a sentence is longer', async () => {
    const text = Array.from({ length: 500 }, (_, i) => `word${i}`).join(' ');
    const parts = await cut(text, 100, 20);
    for (const [i, part] of parts.entries()) {
      if (i > 0) expect(parts[i - 1]).toContain(part.split(' ').slice(0, 3).join(' '));
      expect(part).toMatch(/^word\d+( word\d+)*$/);
    }
  });
});

describe('the beginning of a text', () => {
  test('ends with a sentence where one ends near, and is nearly as long as it may be', async () => {
    for (const most of [100, 1000, 5000]) {
      const { from, to } = await cutHead(BOOK, most, meter);
      const head = BOOK.slice(from, to);
      expect(head).toMatch(/[.!?;:][”’"')\]_]*$/);
      expect(count(head)).toBeLessThanOrEqual(most);
      expect(count(head)).toBeGreaterThan(most * 0.7);
    }
  });

  test('is all of a text that fits', async () => {
    expect(await cutHead(' short ', 10, meter)).toEqual({ from: 0, to: 7 });
  });
});

// In one piece, or with a search from the beginning for each part, each of these would take minutes.
describe('a large text is cut in little time:', () => {
  test.each([
    ['a single line of 1 MB', () => BOOK.replace(/\s+/g, ' ')],
    ['a million equal letters', () => 'a'.repeat(1_000_000)],
    ['a million blanks', () => `x${' '.repeat(1_000_000)}y`],
    ['300,000 Chinese characters without punctuation', () => '春夏秋冬山川草木'.repeat(40_000)],
    ['300,000 accents on one letter', () => `e${'\u0301'.repeat(300_000)}`],
    ['a chain of 100,000 joined emoji', () => '👨‍'.repeat(100_000)],
    ['100,000 flags', () => '🇩🇪'.repeat(100_000)],
    ['0.3 MB of hexadecimal digits', () => Buffer.from(BOOK.slice(0, 150_000)).toString('hex')],
  ])('%s', async (_name, make) => {
    const text = make();
    const parts = newParts(await cutText(text, { maxTokens: 2000, overlapTokens: 100 }, meter));
    const kept = parts.map(({ from, to }) => text.slice(from, to)).join('');
    expect(kept.replace(/\s+/g, '')).toBe(text.replace(/\s+/g, ''));
  });
});
