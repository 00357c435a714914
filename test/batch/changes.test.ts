import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { makeFolder } from '../helpers/folder.ts';
import { resultRows } from '../helpers/result-rows.ts';
import { answerTo, oneRun, told } from './one-run.ts';

const outputIn = async (): Promise<string> => join((await makeFolder()).path, 'out.jsonl');
const rowsOf = (output: string): string[] => told(readFileSync(output, 'utf8'));
const items = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, n) => ({ id: n, text: `text ${n}` }));

describe('the same job again', () => {
  it('does what is left: new records, and those that had failed; their old rows are gone', async () => {
    const output = await outputIn();
    await oneRun({
      items: items(6),
      options: { output },
      fails: (row) => row.ok && row.record.index % 3 === 1,
    });
    const { done, known } = await oneRun({ items: items(8), options: { output } });
    expect(done).toEqual(['1', '4', '6', '7']);
    expect(known.map(({ row }) => row)).toEqual(['reused', 'failed', 'reused', 'reused', 'failed', 'reused']);
    expect(rowsOf(output).sort()).toEqual(items(8).map(({ id, text }) => `${id}: ${answerTo(String(text))}`));
  });

  it('finds records that have moved, and leaves the rows of those that have gone', async () => {
    const output = await outputIn();
    await oneRun({ items: items(5), options: { output } });
    const moved = [{ id: 'new', text: 'new' }, ...items(4).toReversed()];
    expect((await oneRun({ items: moved, options: { output } })).done).toEqual(['new']);
    expect(rowsOf(output)).toHaveLength(6);
    await oneRun({ items: moved, options: { output, ordered: true } });
    expect(rowsOf(output).map((row) => row.split(':')[0])).toEqual(['new', '3', '2', '1', '0', '4']);
  });

  it('never mixes records that share an id, ids 1 and "1", or records with the same text', async () => {
    const output = await outputIn();
    const all: JsonObject[] = [
      { id: 'a', text: 'first a' },
      { id: 'b', text: 'same' },
      { id: 'a', text: 'second a' },
      { id: 1, text: 'number' },
      { id: '1', text: 'text' },
      { text: 'same' },
      { text: 'same' },
    ];
    await oneRun({ items: all, options: { output }, crashAfter: 1 });
    expect(rowsOf(output)).toHaveLength(1);
    expect((await oneRun({ items: all, options: { output, ordered: true } })).done).toHaveLength(6);
    expect(resultRows(readFileSync(output, 'utf8')).map((row) => row.status === 'ok' && row.summary)).toEqual(
      all.map(({ text }) => answerTo(String(text))),
    );
  });

  it('with nothing left touches nothing', async () => {
    const output = await outputIn();
    await oneRun({ items: items(3), options: { output, ordered: true } });
    const before = readFileSync(output);
    expect((await oneRun({ items: items(3), options: { output, ordered: true } })).done).toEqual([]);
    expect(readFileSync(output).equals(before)).toBe(true);
  });

  it('finds the file behind a link, and keeps the link', async () => {
    const output = await outputIn();
    await oneRun({ items: items(3), options: { output }, fails: () => true });
    const link = join((await makeFolder()).path, 'link.jsonl');
    symlinkSync(output, link);
    await oneRun({ items: items(3), options: { output: link } });
    expect(rowsOf(output)).toHaveLength(3);
    expect(readFileSync(link, 'utf8')).toBe(readFileSync(output, 'utf8'));
    expect(existsSync(`${link}.gistmill`)).toBe(false);
  });
});

describe('other settings', () => {
  const before = { model: 'a', prompt: 'Sum up: {{text}}', temperature: 0 };
  const now = { model: 'b', prompt: 'Sum up: {{text}}' };

  it('are refused by default, with what differs, before anything is touched', async () => {
    const output = await outputIn();
    await oneRun({
      items: items(3),
      options: { output },
      settings: before,
      fails: (row) => row.ok && row.record.index === 0,
    });
    const bytes = readFileSync(output, 'utf8');
    await expect(oneRun({ items: items(3), options: { output }, settings: now })).rejects.toMatchObject({
      code: 'settings_changed',
      message: `${output} holds 2 results made with other settings: model: "a" → "b"; temperature: 0 → none`,
      hint: expect.stringMatching(/--on-change redo .*--on-change keep .*--fresh /),
    });
    expect(readFileSync(output, 'utf8')).toBe(bytes);
    expect(existsSync(`${output}.lock`)).toBe(false);
  });

  it('are told apart even if the sidecar is lost', async () => {
    const output = await outputIn();
    await oneRun({ items: items(1), options: { output }, settings: before });
    writeFileSync(`${output}.gistmill`, 'rubbish');
    await expect(oneRun({ items: items(1), options: { output }, settings: now })).rejects.toThrow(
      /nothing is known/,
    );
    expect((await oneRun({ items: items(1), options: { output }, settings: before })).done).toEqual([]);
  });

  it('do not matter where only failures were made with them', async () => {
    const output = await outputIn();
    await oneRun({ items: items(2), options: { output }, settings: before, fails: () => true });
    expect((await oneRun({ items: items(2), options: { output }, settings: now })).done).toEqual(['0', '1']);
  });

  it('with redo everything is done again, and what is not yet done keeps its old row', async () => {
    const output = await outputIn();
    await oneRun({ items: items(4), options: { output }, settings: before });
    const options = { output, onChange: 'redo' } as const;
    await oneRun({ items: items(4), options, settings: now, crashAfter: 2 });
    const { known } = await oneRun({ items: items(4), options, settings: now });
    expect(known.map(({ row }) => row)).toEqual(['reused', 'reused', 'stale', 'stale']);
    expect(rowsOf(output)).toHaveLength(4);
    expect(new Set(resultRows(readFileSync(output, 'utf8')).map((row) => row.made_by)).size).toBe(1);
    expect((await oneRun({ items: items(4), options: { output }, settings: now })).done).toEqual([]);
  });

  it('with keep the old results stay, and the sidecar tells of both', async () => {
    const output = await outputIn();
    await oneRun({ items: items(2), options: { output }, settings: before });
    const kept = await oneRun({ items: items(3), options: { output, onChange: 'keep' }, settings: now });
    expect(kept.done).toEqual(['2']);
    const { made_by } = JSON.parse(readFileSync(`${output}.gistmill`, 'utf8'));
    expect(Object.values(made_by)).toEqual([before, now]);
  });
});

describe('another text under the same id', () => {
  const changed = [...items(2), { id: 2, text: 'edited' }, ...items(5).slice(3)];

  it('is refused by default, by name and line', async () => {
    const output = await outputIn();
    await oneRun({ items: items(5), options: { output } });
    await expect(oneRun({ items: changed, options: { output } })).rejects.toMatchObject({
      code: 'text_changed',
      message: `input:3: the text of record "2" is not the one of which its result in ${output} was made`,
    });
    expect(rowsOf(output)).toHaveLength(5);
  });

  it('is done again with redo, and left as it was with keep', async () => {
    const output = await outputIn();
    await oneRun({ items: items(5), options: { output } });
    expect((await oneRun({ items: changed, options: { output, onChange: 'keep' } })).done).toEqual([]);
    const { done } = await oneRun({ items: changed, options: { output, onChange: 'redo', ordered: true } });
    expect(done).toEqual(['2']);
    expect(rowsOf(output)[2]).toBe('2: In short: edited');
  });

  it('counts the fields that the prompt uses, and no others', async () => {
    const output = await outputIn();
    const record = { id: 'a', text: 'x', title: 'T', read: 1 };
    const run = (given: JsonObject) => oneRun({ items: [given], options: { output }, usedFields: ['title'] });
    await run(record);
    expect((await run({ ...record, read: 2 })).done).toEqual([]);
    await expect(run({ ...record, title: 'U' })).rejects.toMatchObject({ code: 'text_changed' });
  });
});

describe('a file of others', () => {
  it.each([
    ['text', 'some notes\n', 'and it holds no results'],
    ['JSON lines', '{"id":1,"text":"a"}\n', 'and line 1 is no result'],
    ['one JSON value', '{\n "a": 1\n}', 'and it holds no results'],
    [
      'rows that a pipeline wrote',
      '{"id":"a","index":0,"status":"ok","summary":"s"}\n',
      'and line 1 is no result',
    ],
  ])('is left as it is: %s', async (_, content, reason) => {
    const output = await outputIn();
    writeFileSync(output, content);
    const refused = { code: 'usage', message: expect.stringContaining(reason) };
    await expect(oneRun({ items: items(1), options: { output } })).rejects.toMatchObject(refused);
    expect(readFileSync(output, 'utf8')).toBe(content);
    for (const beside of ['lock', 'gistmill', 'damaged'])
      expect(existsSync(`${output}.${beside}`)).toBe(false);
  });

  it('is left as it is also where rows stand before', async () => {
    const output = await outputIn();
    await oneRun({ items: items(2), options: { output } });
    writeFileSync(output, '{"mine":true}\n', { flag: 'a' });
    await expect(oneRun({ items: items(3), options: { output } })).rejects.toThrow(/line 3 is no result/);
  });

  it('moves away with --fresh, never over another', async () => {
    const output = await outputIn();
    writeFileSync(output, 'notes\n');
    const { notices } = await oneRun({ items: items(1), options: { output, fresh: true } });
    expect(notices).toEqual([`the earlier results are now in ${output}.bak`]);
    await oneRun({ items: items(1), options: { output, fresh: true } });
    expect(readFileSync(`${output}.bak`, 'utf8')).toBe('notes\n');
    expect(rowsOf(`${output}.bak-2`)).toEqual(rowsOf(output));
    expect(existsSync(`${output}.bak-2.gistmill`)).toBe(true);
    const csv = { output, format: 'csv', fresh: true } as const;
    await oneRun({ items: items(1), options: csv });
    expect(rowsOf(`${output}.bak-3`)).toHaveLength(1);
  });
});

describe('a state file', () => {
  it('remembers what was written to stdout, without the texts', async () => {
    const { path } = await makeFolder();
    const options = { state: join(path, 'state.jsonl') };
    const first = await oneRun({ items: items(5), options, crashAfter: 3 });
    const second = await oneRun({
      items: items(5),
      options,
      fails: (row) => row.ok && row.record.id === '3',
    });
    const third = await oneRun({ items: items(5), options: { ...options, ordered: true } });
    expect([first.done.length, second.done, third.done]).toEqual([3, ['3', '4'], ['3']]);
    const rows = told(first.stdout + second.stdout + third.stdout).filter((row) => !row.endsWith('timeout'));
    expect(rows.sort()).toEqual(items(5).map(({ id, text }) => `${id}: ${answerTo(String(text))}`));
    expect(readFileSync(options.state, 'utf8')).not.toContain('text');
    expect((await oneRun({ items: items(5), options })).done).toEqual([]);
  });

  it('refuses other settings as an output does', async () => {
    const { path } = await makeFolder();
    const options = { state: join(path, 'state.jsonl'), format: 'text' } as const;
    await oneRun({ items: items(1), options, settings: { model: 'a' } });
    await expect(oneRun({ items: items(1), options, settings: { model: 'b' } })).rejects.toThrow(
      /model: "a" → "b"/,
    );
  });

  it('is not for a run with an output of its own, nor may it be the input or the log', async () => {
    const output = await outputIn();
    const refused = { code: 'usage' };
    await expect(oneRun({ items: [], options: { output, state: 's' } })).rejects.toMatchObject(refused);
    writeFileSync(output, 'text\n');
    await expect(oneRun({ items: [], options: { state: output, inputs: [output] } })).rejects.toMatchObject(
      refused,
    );
    expect(readFileSync(output, 'utf8')).toBe('text\n');
  });
});
