import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { compileTemplate } from '../../src/prompt/liquid-template.ts';

function fill(template: string, fields: JsonObject = {}, text = 'the text'): string {
  return compileTemplate(template)({ text, fields, id: 'in.txt:3', index: 2 });
}

describe('what a template can use', () => {
  it('is the text, any field of the record, its id and its index', () => {
    expect(fill('{{id}} {{index}} {{title}}: {{text}}', { title: 'T' })).toBe('in.txt:3 2 T: the text');
  });

  it('is the record own id where it has such a field, and always the text of the record', () => {
    expect(fill('{{id}} {{text}}', { id: 7, text: 'a field of that name', body: 'the text' })).toBe(
      '7 the text',
    );
  });

  it('is a nested field, a field with an odd name, and a field named like an inherited one', () => {
    const fields = JSON.parse('{"a":{"b":["x","y"]},"my field":"odd","__proto__":{"p":"own"}}') as JsonObject;
    expect(fill('{{a.b[1]}} {{["my field"]}} {{__proto__.p}}', fields)).toBe('y odd own');
  });

  it('is written as it is, objects and arrays as JSON, null as nothing', () => {
    expect(
      fill('{{o}} {{l}} [{{n}}] {{f}} {{t}}', { o: { a: '<&' }, l: [1, 'b'], n: null, f: 1.5, t: false }),
    ).toBe('{"a":"<&"} [1,"b"] [] 1.5 false');
  });

  it('includes conditions, loops and filters', () => {
    const template =
      '{% if lang %}in {{lang}}{% endif %}{% for k in keys %} {{k | upcase}}{% endfor %} {{text | size}}';
    expect(fill(template, { lang: 'French', keys: ['a', 'b'] })).toBe('in French A B 8');
    expect(fill('{{lang | default: "English"}}{% if lang %}!{% endif %}')).toBe('English');
  });
});

describe('values', () => {
  it.each(['{{ secret }}', '{% assign x = 1 %}', '{{ "a" | upcase }}', '{% raw %}', '$&', '<script>&amp;'])(
    'are never read as template: %s',
    (text) => {
      expect(fill('[{{text}}] {{secret}}', { secret: 's' }, text)).toBe(`[${text}] s`);
    },
  );

  it.each([
    'constructor',
    'toString',
    'text.constructor',
    'text.__proto__',
    'o.hasOwnProperty',
    'o["constructor"]',
  ])('give no way to what is inherited: %s', (path) => {
    expect(() => fill(`{{text}} {{${path}}}`, { o: { a: 1 } })).toThrow(
      expect.objectContaining({ code: 'prompt_field' }),
    );
  });
});

describe('a field that the record lacks', () => {
  it('is named, with those that it has', () => {
    expect(() => fill('{{text}} {{ author.name }}', { title: 'T', author: {} })).toThrow(
      expect.objectContaining({
        code: 'prompt_field',
        message: 'the record has no field "author.name"; it has: id, index, title, author, text',
        hint: 'if it may be missing, write {{ author.name | default: "" }}',
      }),
    );
  });

  it('is named on one short line, however many fields there are', () => {
    const fields = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`${'long\n'.repeat(30)}${i}`, i]),
    );
    try {
      fill('{{missing}}', fields);
      expect.unreachable();
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      expect(message).toMatch(/^the record has no field "missing"; it has: .* and 43 more$/);
      expect(message.length).toBeLessThan(500);
    }
  });
});

describe('a template that is refused', () => {
  it.each([
    ['{{ text', 'output "{{ text" not closed (line 1, column 1)'],
    ['a\n  {% if text %}', '(line 2, column 3)'],
    ['{{ text | summon }}', 'undefined filter: summon (line 1, column 1)'],
    ['{{text}}{% include "/etc/hostname" %}', 'tag "include" not found (line 1, column 9)'],
    ['{{text}}{% render "other" %}', 'tag "render" not found'],
    ['{{text}}{% layout "other" %}', 'tag "layout" not found'],
    [`{{text}}${'x'.repeat(1_000_001)}`, 'parse length limit exceeded'],
  ])('is broken or asks for what is not there: %.40s', (template, reason) => {
    expect(() => compileTemplate(template)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(reason) }),
    );
  });

  it.each(['', 'Summarise this.', '{% assign x = "a" %}{{ x }}', '{% raw %}{{text}}{% endraw %}'])(
    'would make every request the same: %j',
    (template) => {
      expect(() => compileTemplate(template)).toThrow(
        expect.objectContaining({ code: 'usage', hint: expect.stringContaining('{{text}}') }),
      );
    },
  );

  it('runs out of what one prompt may take', () => {
    expect(() =>
      fill(
        '{% assign a = text | split: "" %}{% for i in (1..40) %}{% assign a = a | concat: a %}{% endfor %}',
      ),
    ).toThrow(
      expect.objectContaining({ code: 'prompt_field', message: expect.stringContaining('limit exceeded') }),
    );
  });
});
