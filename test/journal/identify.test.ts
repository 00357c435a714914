import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { InputRow } from '../../src/core/record.ts';
import { fromIterable } from '../../src/input/from-iterable.ts';
import { openInputs } from '../../src/input/open-inputs.ts';
import { identifiedSource } from '../../src/journal/identified-source.ts';
import { makeFolder } from '../helpers/folder.ts';

const identityOf = (row: InputRow) => (row.ok ? row.record : row.broken);

/** Keys and content hashes of records, in their order. */
async function identify(items: readonly (string | JsonObject)[], usedFields: readonly string[] = []) {
  const source = identifiedSource(fromIterable(items, { textField: 'text' }), usedFields);
  const found: { key: string; content: string }[] = [];
  for await (const row of source.rows(new AbortController().signal)) {
    const { key = '', contentHash = '' } = identityOf(row);
    found.push({ key, content: contentHash });
  }
  return found;
}

const keys = async (items: readonly (string | JsonObject)[]) => (await identify(items)).map(({ key }) => key);

describe('the key of a record', () => {
  it('comes from its own id alone', async () => {
    const [a, b, c] = await keys([
      { id: 'x', text: 'one' },
      { text: 'other', id: 'x', n: 1 },
      { id: 'y', text: 'one' },
    ]);
    expect(b).toBe(`${a}#2`);
    expect(c).not.toBe(a);
  });

  it('tells 1 from "1", and both from records whose whole text is so', async () => {
    const found = await keys([{ id: 1, text: 'a' }, { id: '1', text: 'a' }, '1', '"1"']);
    expect(new Set(found).size).toBe(4);
  });

  it('comes from all of a record without an id, wherever that stands', async () => {
    const [a, b] = await keys([
      { text: 'same', title: 'A' },
      { text: 'same', title: 'B' },
    ]);
    expect(await keys([{ text: 'same', title: 'B' }, 'new', { text: 'same', title: 'A' }])).toEqual([
      b,
      expect.any(String),
      a,
    ]);
    expect(a).not.toBe(b);
  });

  it('is the same for a line of text and a record that holds nothing else', async () => {
    const [line, record] = await keys(['a text', { text: 'a text' }]);
    expect(record).toBe(`${line}#2`);
  });

  it('counts those that are the same', async () => {
    const [first, ...others] = await keys(['again', 'again', 'once', 'again']);
    expect([others[0], others[2]]).toEqual([`${first}#2`, `${first}#3`]);
  });

  it('is short, whatever the id', async () => {
    const [key] = await keys([{ id: 'long '.repeat(10_000), text: 'a' }]);
    expect(key).toMatch(/^[\w-]{22}$/);
  });

  it('is there for broken records too, by their id or by their line', async () => {
    const lines = ['{"id":7}', '{broken', '{broken', '{"id":"7","text":3}', '[1]', '{"id":8,"text":"\xff"}'];
    const { path } = await makeFolder({ 'in.jsonl': Buffer.from(`${lines.join('\n')}\n`, 'latin1') });
    const options = { inputFormat: 'jsonl', each: 'line', textField: 'text', maxLineBytes: 1000 } as const;
    const source = await openInputs({ ...options, inputs: [`${path}/in.jsonl`] }, process.stdin);
    const found: string[] = [];
    for await (const row of identifiedSource(source, []).rows(new AbortController().signal)) {
      expect(row.ok).toBe(false);
      found.push(identityOf(row).key ?? '');
    }
    const [number] = await keys([{ id: 7, text: 'x' }]);
    const [text] = await keys([{ id: '7', text: 'x' }]);
    const [eight] = await keys([{ id: 8, text: 'x' }]);
    expect([found[0], found[3], found[5]]).toEqual([number, text, eight]);
    expect(found[2]).toBe(`${found[1]}#2`);
    expect(new Set(found).size).toBe(lines.length);
  });

  it('of a file read as a whole is its path', async () => {
    const keyOf = async (content: string): Promise<string | undefined> => {
      const { path } = await makeFolder({ 'a.txt': content });
      const options = { inputFormat: 'text', each: 'file', textField: 'text', maxLineBytes: 1000 } as const;
      const source = await openInputs({ ...options, inputs: [`${path}/a.txt`] }, process.stdin);
      for await (const row of source.rows(new AbortController().signal)) {
        return row.ok ? `${row.record.idKind} ${row.record.id.endsWith('/a.txt')}` : undefined;
      }
      return undefined;
    };
    expect(await keyOf('one')).toBe('text true');
  });
});

describe('the content of a record', () => {
  const content = async (record: JsonObject, used: readonly string[]) =>
    (await identify([record], used))[0]?.content;

  it('is its text, and of its fields those that the request is made of', async () => {
    const base = await content({ id: 1, text: 'a', title: 'T', other: 1 }, ['title']);
    expect(await content({ id: 1, text: 'a', title: 'T', other: 2 }, ['title'])).toBe(base);
    expect(await content({ id: 1, text: 'a', title: 'U', other: 1 }, ['title'])).not.toBe(base);
    expect(await content({ id: 1, text: 'b', title: 'T', other: 1 }, ['title'])).not.toBe(base);
    expect(await content({ id: 1, text: 'a', other: 1 }, ['title'])).not.toBe(base);
  });

  it('is the text alone where the prompt uses no other field', async () => {
    const plain = await content({ text: 'a' }, []);
    expect(await content({ id: 9, text: 'a', title: 'T' }, [])).toBe(plain);
    expect(await content({ id: 9, text: 'b' }, [])).not.toBe(plain);
  });
});
