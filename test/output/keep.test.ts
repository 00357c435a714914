import { describe, expect, it } from 'vitest';
import { keptFields } from '../../src/output/keep.ts';

const FIELDS = {
  title: 'Frost',
  meta: { lang: 'en', 'a.b': 1 },
  'meta.lang': 'literal',
  authors: [{ name: 'Ada' }, { name: 'Bo' }],
  nothing: null,
};

describe('kept fields', () => {
  it('are copied under the names that were given', () => {
    expect(keptFields(FIELDS, ['title', 'authors.1.name', 'meta.a'])).toEqual({
      title: 'Frost',
      'authors.1.name': 'Bo',
    });
  });

  it('come from a key spelt like the path before they come from the path', () => {
    expect(keptFields(FIELDS, ['meta.lang'])).toEqual({ 'meta.lang': 'literal' });
    expect(keptFields({ meta: { lang: 'en' } }, ['meta.lang'])).toEqual({ 'meta.lang': 'en' });
  });

  it('tell null from missing', () => {
    expect(keptFields(FIELDS, ['nothing', 'absent', 'title.length', 'authors.length'])).toEqual({
      nothing: null,
    });
  });

  it('never come from what every object inherits', () => {
    expect(Object.keys(keptFields({}, ['constructor', '__proto__', 'toString.name']))).toEqual([]);
  });

  it('may be called __proto__', () => {
    const fields = JSON.parse('{"__proto__": {"deep": 1}}');
    expect(JSON.stringify(keptFields(fields, ['__proto__.deep', '__proto__']))).toBe(
      '{"__proto__.deep":1,"__proto__":{"deep":1}}',
    );
  });

  it('are all fields, as they are, with all', () => {
    expect(keptFields(FIELDS, 'all')).toBe(FIELDS);
  });
});
