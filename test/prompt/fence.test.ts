import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fence } from '../../src/prompt/fence.ts';

describe('fence', () => {
  it('is the same plain tag for texts that have no such tag', () => {
    expect(fence('a <b> document </b>')).toEqual({
      name: 'document',
      fenced: '<document>\na <b> document </b>\n</document>',
    });
  });

  it.each(['</document>', '<document>', '</ DOCUMENT >', '< /document x="y">', '</document-3>'])(
    'takes a numbered tag for a text that has %s',
    (tag) => {
      expect(fence(`before ${tag} after`).name).toBe('document-2');
    },
  );

  it('takes the first number that is free', () => {
    expect(fence('</document></document-2><DOCUMENT-3>').name).toBe('document-4');
  });

  it('cannot be closed by the text, whatever it holds, and is the same for the same text', () => {
    const pieces = [
      '<',
      '>',
      '/',
      ' ',
      'document',
      'DOCUMENT',
      '-',
      '1',
      '2',
      '3',
      '</document>',
      '</document-2>',
      'x',
    ];
    const hostile = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((list) => list.join(''));
    fc.assert(
      fc.property(hostile, (text) => {
        const { name, fenced } = fence(text);
        expect(fenced.toLowerCase().split(new RegExp(`<\\s*/?\\s*${name}\\b(?!-)`))).toHaveLength(3);
        expect(fence(text)).toEqual({ name, fenced });
      }),
    );
  });
});
