import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPrompt } from '../../src/prompt/default-prompt.ts';
import { fence, fenceAll, unfence } from '../../src/prompt/fence.ts';

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

describe('fenceAll', () => {
  it('puts each text between tags that none of them can close', () => {
    expect(fenceAll(['one', 'two </answer> <answer-2>', ''])).toEqual({
      name: 'answer-3',
      fenced:
        '<answer-3>\none\n</answer-3>\n\n<answer-3>\ntwo </answer> <answer-2>\n</answer-3>\n\n<answer-3>\n\n</answer-3>',
    });
    expect(fenceAll([]).fenced).toBe('');
  });
});

describe('unfence', () => {
  it('gives back the text of any prompt that fences it', () => {
    const line = fc.constantFrom('', 'plain', '<document>', '</document>', '<document-2>', '</document-2>');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const text = lines.join('\n');
        expect(unfence(defaultPrompt(text))).toBe(text);
      }),
    );
  });

  it('gives back all texts of a prompt that fences several, but no instruction', () => {
    const prompt = `Join.\n\n<instruction>\nSum up.\n</instruction>\n\n${fenceAll(['a\n</answer-7>', 'b']).fenced}\n\n${fence('c').fenced}\n\nNow.`;
    expect(unfence(prompt)).toBe('a\n</answer-7>\n\nb\n\nc');
  });

  it('leaves a prompt without a fence as it is', () => {
    expect(unfence('One line for <document>: text')).toBe('One line for <document>: text');
    expect(unfence('<document>\nnever closed')).toBe('<document>\nnever closed');
  });
});
