import { appendFileSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ResultsOptions } from '../../src/batch/open-results.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { splitPaths, splitRows } from '../../src/journal/split-rows.ts';
import { csvFormat } from '../../src/output/formats/csv.ts';
import { makeFolder } from '../helpers/folder.ts';
import { answerTo, oneRun, type RunFacts } from './one-run.ts';

type Cells = Readonly<Record<string, string>>;

const rowsOf = (file: string): Cells[] => parse(readFileSync(file), { columns: true, bom: true });

/** Where each record begins, the header first; at the end, the size of the file. */
function placesOf(bytes: Buffer): number[] {
  const places = [0];
  parse(bytes, { on_record: (_record, { bytes: end }) => void places.push(end) });
  return places;
}

/** What a crash, a disk or a careless hand may do to a file; `at` is a place in it, `places` are those of its records. */
const DAMAGES: Readonly<
  Record<string, (bytes: Buffer, at: number, places: number[], length: number) => Buffer>
> = {
  'cut short': (bytes, at) => bytes.subarray(0, at),
  'last line end lost': (bytes) => bytes.subarray(0, -1),
  'half an emoji at the end': (bytes) => Buffer.concat([bytes, Buffer.from([0xf0, 0x9f, 0x98])]),
  'a torn row at the end': (bytes) => Buffer.concat([bytes, Buffer.from('9,8,ok,"In short:\n\nmore ""of')]),
  zeroes: (bytes, at, _, length) => Buffer.from(bytes).fill(0, at, Math.min(bytes.length, at + length)),
  'bytes that are no UTF-8': (bytes, at, _, length) =>
    Buffer.from(bytes).fill(0xff, at, Math.min(bytes.length, at + length)),
  'two rows glued': (bytes, at, places) => {
    const end = places.slice(2).find((place) => place > at) ?? bytes.length;
    return Buffer.concat([bytes.subarray(0, end - 1), bytes.subarray(end)]);
  },
  'a line that is none of ours': (bytes, at, places) => {
    const place = places.find((other) => other > at) ?? bytes.length;
    return Buffer.concat([bytes.subarray(0, place), Buffer.from('a,"note\n'), bytes.subarray(place)]);
  },
  'a row twice': (bytes, at, places) => {
    const end = places.find((place) => place > at) ?? bytes.length;
    const start = places[Math.max(1, places.indexOf(end) - 1)] ?? 0;
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  'a quote too many': (bytes, at) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from('"'), bytes.subarray(at)]),
  'a quote lost': (bytes, at) => {
    const quote = bytes.indexOf('"', at);
    return quote === -1 ? bytes : Buffer.concat([bytes.subarray(0, quote), bytes.subarray(quote + 1)]);
  },
};

/** Texts with and without all that CSV has to quote. */
const TEXTS = ['plain', 'with "quotes", and a comma', 'lines\n\nand\r\nmore "lines"\n', 'é😀'.repeat(40)];

function item(n: number): JsonObject {
  const text = n % 7 === 0 ? 'the same again' : `${n} ${TEXTS[n % TEXTS.length]}`;
  return n % 3 === 0 ? { text } : { id: n % 3 === 1 ? n : String(n - 1), text };
}

const life = fc.record({
  first: fc.nat({ max: 20 }),
  count: fc.integer({ min: 1, max: 30 }),
  backwards: fc.boolean(),
  crashAfter: fc.option(fc.nat({ max: 20 }), { nil: undefined }),
  failing: fc.nat({ max: 5 }),
  damage: fc.option(fc.constantFrom(...Object.keys(DAMAGES)), { nil: undefined }),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 400 }),
});

test('whatever becomes of a CSV file between runs, in the end each record has one row and nothing else stands there', async () => {
  const { path } = await makeFolder();
  let job = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 5 }), fc.boolean(), async (lives, ordered) => {
      const options = { output: join(path, `${job++}.csv`), format: 'csv', ordered } as const;
      for (const [n, facts] of lives.entries()) {
        const items = Array.from({ length: facts.count }, (_, i) => item(facts.first + i));
        await oneRunOrAnew({
          items: facts.backwards ? items.toReversed() : items,
          options,
          shuffle: (index) => index * 7 + n,
          fails: (row) => row.ok && row.record.index % 6 < facts.failing,
          ...(facts.crashAfter !== undefined && { crashAfter: facts.crashAfter }),
        });
        if (facts.damage !== undefined) spoil(options.output, DAMAGES[facts.damage], facts);
      }
      const items = Array.from({ length: 60 }, (_, n) => item(n));
      await oneRunOrAnew({ items, options, shuffle: (index) => index * 3 });
      const rows = rowsOf(options.output);
      const given = rows.map(({ id = '', summary }) => [id.replace(/^input:.*/, 'none'), summary]);
      const asked = items.map(({ id, text }) => [String(id ?? 'none'), answerTo(String(text))]);
      if (ordered) expect(given).toEqual(asked);
      else expect(given.sort(byText)).toEqual(asked.sort(byText));
    }),
    { numRuns: 30 },
  );
}, 60_000);

function spoil(
  file: string,
  damage: (typeof DAMAGES)[string] | undefined,
  { at, length }: { at: number; length: number },
): void {
  const bytes = readFileSync(file);
  const place = Math.floor(at * (bytes.length - 1));
  writeFileSync(file, damage?.(bytes, place, placesOf(bytes), length) ?? bytes);
}

/** Where neither the header nor a row is whole, nothing tells whose file it is, and it is left as it is. */
async function oneRunOrAnew(facts: RunFacts & { options: { output: string } }): Promise<void> {
  const { output } = facts.options;
  try {
    await oneRun(facts);
  } catch (error) {
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining('no result of gistmill') });
    expect(readFileSync(output, 'utf8').startsWith(csvFormat().table?.header ?? '')).toBe(false);
    rmSync(output);
    await oneRun(facts);
  }
}

function byText(a: readonly (string | undefined)[], b: readonly (string | undefined)[]): number {
  return a.join() < b.join() ? -1 : 1;
}

async function someRows(changes: Partial<ResultsOptions> = {}) {
  const { path } = await makeFolder();
  const file = join(path, 'out.csv');
  const options = { output: file, format: 'csv', ...changes } as const;
  const items = Array.from({ length: 6 }, (_, n) => ({ id: n, text: `${n}: ${TEXTS[n % 4]}`, title: 'T' }));
  await oneRun({ items, options });
  const bytes = readFileSync(file);
  const places = placesOf(bytes);
  const records = places.slice(1).map((end, n) => bytes.toString('utf8', places[n], end));
  return { options, items, records, file };
}

test('what is done stays, what failed is tried again, and a changed text is refused or done again', async () => {
  const { options, items, file } = await someRows();
  const before = readFileSync(file);
  expect((await oneRun({ items, options })).done).toEqual([]);
  expect(readFileSync(file)).toEqual(before);
  const changed = items.with(2, { id: 2, text: 'new\n"text"', title: 'T' });
  await expect(oneRun({ items: changed, options })).rejects.toMatchObject({ code: 'text_changed' });
  const redo = await oneRun({ items: changed, options: { ...options, onChange: 'redo' }, fails: () => true });
  expect(redo.done).toEqual(['2']);
  expect(rowsOf(file).map(({ id, status }) => `${id} ${status}`)).toContain('2 error');
  expect((await oneRun({ items: changed, options })).done).toEqual(['2']);
  expect(rowsOf(file)).toHaveLength(6);
  await expect(oneRun({ items: changed, options, settings: { model: 'other' } })).rejects.toMatchObject({
    code: 'settings_changed',
    message: `${file} holds 6 results made with other settings: model: "m" → "other"`,
  });
});

test('the rows tell what they took', async () => {
  const { options, items, file, records } = await someRows();
  writeFileSync(file, records.slice(0, 4).join(''));
  const { openResults } = await import('../../src/batch/open-results.ts');
  const results = await openResults({
    options: {
      ...options,
      ordered: false,
      inputs: [],
      onChange: 'refuse',
      fresh: false,
      fsync: 'never',
      state: undefined,
    },
    rowSettings: { settings: { model: 'm' }, usedFields: [] },
    stdout: process.stdout,
    ownProcess: { pid: process.pid, isAlive: () => true },
  });
  expect(results.spent).toEqual({ inputTokens: 30, outputTokens: 6, costUsd: 0.003 });
  await results.sink.close();
  results.release();
  expect((await oneRun({ items, options })).done).toEqual(['3', '4', '5']);
});

test('lines that are no rows are told by their numbers and kept apart, whatever their quotes', async () => {
  const { options, items, file, records } = await someRows();
  const [header = '', plain = '', quoted = '', lines = '', other = '', ...rest] = records;
  const spoilt = [
    header,
    plain.replace('In', '"In'),
    quoted,
    'a note\n',
    lines.replace('""', '"'),
    other,
    ...rest,
  ];
  writeFileSync(file, spoilt.join(''));
  const { done, damaged } = await oneRun({ items, options });
  expect(done).toEqual(['0', '2']);
  // The fourth row goes over five lines.
  expect(damaged.map(({ line }) => line)).toEqual([2, 4, 5, 6, 7, 8, 9]);
  expect(readFileSync(`${file}.damaged`, 'utf8')).toBe([spoilt[1], spoilt[3], spoilt[4]].join(''));
  expect(rowsOf(file)).toHaveLength(6);
});

test('a torn end is cut off, however many lines it has; a row that lacks its line end is kept', async () => {
  const { options, items, file, records } = await someRows();
  const whole = records.join('');
  for (const [kept, torn] of [
    [3, records[3]?.slice(0, -30)],
    [3, records[3]?.slice(0, -2)],
    [6, records[6]?.slice(0, 1)],
    [0, records[0]?.slice(0, -3)],
  ] as const) {
    writeFileSync(file, `${records.slice(0, kept).join('')}${torn}`);
    const { done, damaged } = await oneRun({ items, options });
    expect([done.length, damaged]).toEqual([7 - Math.max(1, kept), []]);
    expect(rowsOf(file)).toHaveLength(6);
  }
  writeFileSync(file, whole.slice(0, -1));
  expect((await oneRun({ items, options })).done).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe(whole);
});

test('a lost header is written again', async () => {
  const { options, items, file, records } = await someRows();
  for (const first of ['', 'id,index\n']) {
    writeFileSync(file, [first, ...records.slice(1)].join(''));
    expect((await oneRun({ items, options })).done).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(records.join(''));
  }
});

test('rows that a spreadsheet has written anew still count', async () => {
  const { options, items, file } = await someRows();
  const cells: string[][] = parse(readFileSync(file));
  expect(cells).toHaveLength(7);
  const anew = cells.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','));
  writeFileSync(file, `\ufeff${anew.join('\r\n')}\r\n`);
  const more = [...items, { id: 6, text: 'six' }];
  const { done, damaged } = await oneRun({ items: more, options: { ...options, ordered: true } });
  expect([done, damaged]).toEqual([['6'], []]);
  expect(rowsOf(file).map((row) => Object.values(row)[0])).toEqual(['0', '1', '2', '3', '4', '5', '6']);
});

test('other columns, JSON lines and other CSV are refused and left as they are', async () => {
  const { options, items, file, records } = await someRows({ keep: ['title'] });
  const refused = async (changes: Partial<ResultsOptions>, message: string): Promise<void> => {
    const before = readFileSync(file);
    await expect(oneRun({ items, options: { ...options, ...changes } })).rejects.toMatchObject({
      code: 'usage',
      message: `${file}: ${message}`,
    });
    expect(readFileSync(file)).toEqual(before);
  };
  await refused(
    { keep: ['author'] },
    'its columns are not those of this run: it lacks input.author; it also has input.title',
  );
  await refused({ keep: [] }, 'its columns are not those of this run: it also has input.title');
  const foreign = "it exists and is not empty, and line 1 is no result of gistmill's in this --format";
  await refused({ format: 'jsonl' }, foreign);
  writeFileSync(file, 'id,text\n1,"one\ntwo"\n');
  await refused({}, foreign);
  rmSync(file);
  await oneRun({ items, options: { output: file } });
  await refused({}, foreign);
  rmSync(`${file}.gistmill`);
  // A file that came alone: its header says what it is.
  writeFileSync(file, records[0] ?? '');
  await oneRun({ items, options });
  expect(rowsOf(file)).toHaveLength(6);
});

test('good rows and failed ones are copied apart under the same header', async () => {
  const { options, items, file, records } = await someRows();
  const redo = { ...options, onChange: 'redo', onlyFailed: false } as const;
  await oneRun({
    items,
    options: redo,
    settings: { model: 'n' },
    fails: (row) => row.ok && row.record.index === 2,
  });
  const paths = splitPaths(file);
  await splitRows(file, paths, csvFormat().table);
  expect(
    rowsOf(paths.ok)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['0', '1', '3', '4', '5']);
  expect(rowsOf(paths.error).map(({ id }) => id)).toEqual(['2']);
  expect(readFileSync(paths.error, 'utf8').startsWith(records[0] ?? '?')).toBe(true);
});

test('a file that was moved away goes on under its new name', async () => {
  const { options, items, file } = await someRows();
  const moved = `${file}-moved.csv`;
  copyFileSync(file, moved);
  appendFileSync(moved, '7,8,ok,"torn');
  expect((await oneRun({ items, options: { ...options, output: moved } })).done).toEqual([]);
});
