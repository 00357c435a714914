import { describe, expect, it } from 'vitest';
import { splitBlocks } from '../../../src/provider/local/text-blocks.ts';

const kinds = (text: string): string[] => splitBlocks(text).map((block) => `${block.kind}: ${block.text}`);

describe('splitting into blocks', () => {
  it('joins hard-wrapped lines', () => {
    const wrapped =
      'The committee met on Tuesday and talked about\nthe new plant, which will cost the city more\nthan planned.';
    expect(kinds(wrapped)).toEqual([`prose: ${wrapped.replaceAll('\n', ' ')}`]);
  });

  it('keeps the lines of a log apart', () => {
    const log =
      '12:01 INFO started with 8 workers\n12:02 WARN disk nearly full\n12:02 INFO cleaned up 3 files in /tmp';
    expect(kinds(log)).toEqual(log.split('\n').map((line) => `prose: ${line}`));
  });

  it('tells headings, titles, lists, code and tables of Markdown from prose', () => {
    const text = [
      ...['Title', '=====', '', 'Some text here.', '', '## Part', '- one', '- two', '', '```', 'code', '```'],
      ...['| a | b |', '***', 'A lone title', '', '> Quoted words.'],
    ].join('\n');
    expect(kinds(text)).toEqual([
      ...['aside: Title', 'prose: Some text here.', 'aside: Part', 'item: one', 'item: two', 'aside: code'],
      ...['aside: | a | b |', 'aside: A lone title', 'prose: Quoted words.'],
    ]);
  });

  it('takes off the marks of bold, emphasis and links', () => {
    expect(kinds('This is **bold**, *fine* and [linked](https://example.org/a_b).')).toEqual([
      'prose: This is bold, fine and linked.',
    ]);
    expect(kinds('It is 5 * 3 * 2 or 2**3**2 [sic].')).toEqual(['prose: It is 5 * 3 * 2 or 2**3**2 [sic].']);
  });

  it('leaves a text alone that merely mentions a tag', () => {
    expect(kinds('He wrote </document> and a < b, then <thought> twice.')).toEqual([
      'prose: He wrote </document> and a < b, then <thought> twice.',
    ]);
  });
});
