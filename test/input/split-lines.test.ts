import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../src/input/split-lines.ts';
import { cutAt } from './helpers.ts';

/** Feeds every chunk through one buffer that is overwritten, as a file's chunks are. */
function linesOf(chunks: readonly Buffer[], maxBytes = 1000): (string | undefined)[] {
  const splitter = new LineSplitter(maxBytes);
  const found: (string | undefined)[] = [];
  const shared = Buffer.alloc(4096);
  for (const chunk of chunks) {
    chunk.copy(shared);
    for (const { line, bytes } of splitter.split(shared.subarray(0, chunk.length))) {
      found[line - 1] = bytes?.toString('latin1');
    }
    shared.fill('#');
  }
  for (const { line, bytes } of splitter.end()) found[line - 1] = bytes?.toString('latin1');
  return found;
}

describe('LineSplitter', () => {
  it('ends a line at LF only, and drops a CR before it', () => {
    expect(linesOf([Buffer.from('a\nb\r\nc\rd\v\f\n\n', 'latin1')])).toEqual(['a', 'b', 'c\rd\v\f', '']);
  });

  it('gives the last line with and without a line end', () => {
    expect(linesOf([Buffer.from('a\nb')])).toEqual(['a', 'b']);
    expect(linesOf([Buffer.from('a\nb\n')])).toEqual(['a', 'b']);
    expect(linesOf([])).toEqual([]);
  });

  it('takes a line of exactly the maximum, with CR LF too, and reports a longer one', () => {
    expect(linesOf([Buffer.from('abc\nabc\r\nabcd\nabcd\r\nok\n')], 3)).toEqual([
      'abc',
      'abc',
      undefined,
      undefined,
      'ok',
    ]);
  });

  it('finds the same lines however the bytes are cut', () => {
    const byte = fc.oneof(fc.constantFrom(10, 13, 0x61, 0xe2, 0x80, 0xa8), fc.integer({ min: 0, max: 255 }));
    const bytes = fc.array(byte, { maxLength: 300 }).map((list) => Buffer.from(list));
    fc.assert(
      fc.property(
        bytes,
        fc.array(fc.nat(300), { maxLength: 12 }),
        fc.integer({ min: 1, max: 20 }),
        (all, cuts, max) => {
          const expected = all.toString('latin1').split('\n');
          if (expected.at(-1) === '') expected.pop();
          const bare = expected.map((line) => line.replace(/\r$/, ''));
          const bounded = bare.map((line) => (line.length > max ? undefined : line));
          expect(linesOf(cutAt(all, cuts), max)).toEqual(bounded);
        },
      ),
    );
  });
});
