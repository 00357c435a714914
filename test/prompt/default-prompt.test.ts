import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PromptStep } from '../../src/core/request.ts';
import { defaultWording } from '../../src/prompt/default-wording.ts';
import { openPreset } from '../../src/prompt/open-preset.ts';

const piece = fc.constantFrom(
  ...[
    'plain text',
    '\n',
    ' ',
    '<document>',
    '</document>',
    '</document-2>',
    '</answer>',
    '<ANSWER',
    '{{ text }}',
  ],
  ...['{% if %}', '$&', '語', '\u2028'],
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
const count = fc.integer({ min: 1, max: 9 });
const step: fc.Arbitrary<PromptStep | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.record({ kind: fc.constant('map'), part: count, parts: count }),
  fc.record({ kind: fc.constant('reduce'), answers: fc.array(text, { maxLength: 4 }), last: fc.boolean() }),
  fc.record({ kind: fc.constant('refine'), part: count, parts: count, answer: text }),
);

describe('the default prompt', () => {
  it('says what the preset summary says, word for word, in every step', async () => {
    for (const system of [undefined, 'Be brief.']) {
      const [fast, file] = [await defaultWording(system), await openPreset('summary', { system })];
      fc.assert(
        fc.property(text, step, (body, at) => {
          const record = { text: body, fields: { text: body, form: 'x', step: 'y' }, id: 'a', index: 0 };
          expect(fast.write(record, at)).toEqual(file.write(record, at));
        }),
      );
      expect(fast.settings).toEqual(file.settings);
      expect(fast.stepSettings).toEqual(file.stepSettings);
    }
  });

  it('needs neither Liquid nor YAML, which take long to load', () => {
    const source = join(import.meta.dirname, '../../src/prompt');
    const loaded = new Set<string>();
    const load = (file: string): void => {
      if (loaded.has(file)) return;
      loaded.add(file);
      if (!file.startsWith(source)) return;
      const imports = readFileSync(file, 'utf8').matchAll(
        /^(?:import|export) (?!type\b)[^;]*? from '(.+?)';/gm,
      );
      for (const [, name = ''] of imports) load(name.startsWith('./') ? join(source, name) : name);
    };
    load(join(source, 'create-prompt.ts'));
    expect([...loaded].some((file) => file.endsWith('default-prompt.ts'))).toBe(true);
    expect([...loaded].filter((file) => !/^(\/|node:|\.\.\/core\/)/.test(file))).toEqual([]);
  });
});
