import { describe, expect, it } from 'vitest';
import { parsePreset } from '../../src/prompt/preset-file.ts';
import { presetWording } from '../../src/prompt/preset-wording.ts';

const SECTIONS = '# system\n\nYou sort mail.\n\n# user\n\nSort: {{ text | fence }}\n';
const parse = (source: string) => parsePreset(source, 'preset ./mine.md', 'mine');

describe('a preset file', () => {
  it('is front matter and sections, each without the blank lines around it', async () => {
    const preset = await parse(
      `\uFEFF---\r\nname: sort\r\ndescription: Sorts mail\r\ndefaults: { length: 20 words, language: de }\r\nneeds: [focus]\r\nvariables:\r\n  boxes: where to\r\n  most: { about: how many, default: 3 }\r\n---\r\n\r\n# system\r\n\r\nYou sort mail.\r\n\r\n# user\r\n\r\n  Sort:\r\n\r\n## Rules\r\n# Not a section\r\n{{ text }}\r\n\r\n`,
    );
    expect(preset).toEqual({
      name: 'sort',
      description: 'Sorts mail',
      defaults: { length: '20 words', language: 'de' },
      needs: ['focus'],
      variables: new Map([
        ['boxes', { about: 'where to', default: undefined }],
        ['most', { about: 'how many', default: '3' }],
      ]),
      sections: { system: 'You sort mail.', user: '  Sort:\n\n## Rules\n# Not a section\n{{ text }}' },
    });
  });

  it('is called as its file where it does not say its name', async () => {
    expect(await parse(`---\n---\n${SECTIONS}`)).toMatchObject({ name: 'mine', description: '' });
  });

  it.each([
    ['', 'preset ./mine.md: it does not begin with front matter'],
    [SECTIONS, 'preset ./mine.md: it does not begin with front matter'],
    [`---\nname: [\n---\n${SECTIONS}`, 'preset ./mine.md: the front matter is not valid YAML'],
    [`---\nnam: a\n---\n${SECTIONS}`, 'the front matter is not right: Unrecognized key: "nam"'],
    [`---\ndefaults: { style: verse }\n---\n${SECTIONS}`, 'the front matter is not right: defaults.style: '],
    ['---\n---\n# system\nS\n', 'preset ./mine.md: the section "# user" is missing'],
    ['---\n---\n# system\n\n# user\n{{ text }}\n', 'preset ./mine.md: the section "# system" is empty'],
    [
      `---\nname: a\n---\nHello.\n${SECTIONS}`,
      'preset ./mine.md, line 4: this stands before the first section',
    ],
    [`---\nname: a\n---\n${SECTIONS}# usr\n`, 'preset ./mine.md, line 11: there is no section "# usr"'],
    [`---\n---\n${SECTIONS}# user\n`, 'line 10: a second section "# user"'],
  ])('that is not right is refused, with its place: %j', async (source, message) => {
    await expect(parse(source)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
  });
});

describe('a section', () => {
  const open = async (sections: string, front = '') =>
    presetWording(await parse(`---\n${front}---\n${sections}`), 'preset ./mine.md', {});

  it.each([
    ['# system\nS\n# user\n{{ text', '# user is broken: output "{{ text" not closed (line 1, column 1)'],
    ['# system\nS\n# user\nSort it.', '# user: {{ text }} is not in it'],
    ['# system\nS\n# user\n{{ text }}\n# map\nA part.', '# map: {{ text }} is not in it'],
    [
      '# system\nS\n# user\n{{ text }}\n# reduce\nJoin {{ text }}.',
      '# reduce: {{ step.answers }} is not in it',
    ],
    ['# system\nS\n# user\n{{ text }}\n# refine\n{{ text }}', '# refine: {{ step.answer }} is not in it'],
    ['# system\nS\n# user\n{{ text }}{{ options.lenght }}', '# user: there is no options.lenght'],
    ['# system\nS\n# user\n{{ text }}{{ options }}', '# user: "options" is used without a name after it'],
    ['# system\nS\n# user\n{{ text }}{{ step.part }}', '# user: there is no step.part here'],
    [
      '# system\nS\n# user\n{{ text }}{{ vars.boxes }}',
      'the preset mine uses vars.boxes, which its front matter does not list',
    ],
    ['# system\nS\n# user\n{{ text | fense }}', 'undefined filter: fense'],
  ])('that uses what is not there, or not what it is about, is refused: %j', async (sections, message) => {
    await expect(open(sections)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
  });

  it('has the fields of the record, and those names that are its own before them', async () => {
    const fields = { title: 'T', text: 'of the record', options: 'a field', form: 'a field', id: 7 };
    const wording = await open(
      '# system\nOf {{ title }}.\n# form\n- {{ options.length }}[{{ options.focus }}]\n# user\n{{ id }} {{ form }} {{ text }}',
      'defaults: { length: short }\n',
    );
    expect(wording.write({ text: 'the text', fields, id: 'a', index: 0 }, undefined)).toEqual([
      { role: 'system', content: 'Of T.' },
      { role: 'user', content: '7 - about 40 words[] the text' },
    ]);
    expect(wording.usedFields).toEqual(['id', 'title']);
    expect(wording.settings).toEqual({
      preset: 'mine',
      'preset wording': expect.any(String),
      length: 'about 40 words',
      fields: ['id', 'title'],
    });
    expect(() => wording.write({ text: 'x', fields: { lang: 'de' }, id: 'a', index: 0 }, undefined)).toThrow(
      expect.objectContaining({
        code: 'prompt_field',
        message: 'the record has no field "title"; it has: id, index, lang, text',
      }),
    );
  });
});
