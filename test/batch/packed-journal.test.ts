import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import zlib, { gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeFolder } from '../helpers/folder.ts';
import { resultRows } from '../helpers/result-rows.ts';
import { answerTo, oneRun } from './one-run.ts';

const unpacked = (path: string): string => gunzipSync(readFileSync(path)).toString('utf8');
const items = (count: number, first = 0) =>
  Array.from({ length: count }, (_, n) => ({ id: first + n, text: `text ${first + n}` }));
const more = (bytes: Buffer, end: Buffer | string): Buffer => Buffer.concat([bytes, Buffer.from(end)]);

/** What a crash, a disk or a careless hand may do to a compressed file; `at` is a place in it. */
const DAMAGES: Readonly<Record<string, (bytes: Buffer, at: number) => Buffer>> = {
  'cut short': (bytes, at) => bytes.subarray(0, at),
  'zeroes at the end': (bytes) => more(bytes, Buffer.alloc(500)),
  'something else at the end': (bytes) => more(bytes, 'no stream'),
  'the beginning of a stream at the end': (bytes, at) => more(bytes, gzipSync('{"k').subarray(0, at % 12)),
  'a torn row at the end': (bytes) => more(bytes, gzipSync('{"key":"7","summ')),
  'a line that is none of ours': (bytes) => more(bytes, gzipSync('{"oops\n')),
  'packed anew, half of the last row lost': (bytes) => gzipSync(gunzipSync(bytes).subarray(0, -40)),
};

const life = fc.record({
  first: fc.nat({ max: 20 }),
  count: fc.integer({ min: 1, max: 40 }),
  crashAfter: fc.option(fc.nat({ max: 30 }), { nil: undefined }),
  failing: fc.nat({ max: 5 }),
  damage: fc.option(fc.constantFrom(...Object.keys(DAMAGES)), { nil: undefined }),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
});

test('whatever becomes of a .gz file between runs, in the end each record has one row and nothing else stands there', async () => {
  const { path } = await makeFolder();
  let job = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), fc.boolean(), async (lives, ordered) => {
      const output = join(path, `${job++}.jsonl.gz`);
      for (const { first, count, crashAfter, failing, damage, at } of lives) {
        await oneRun({
          items: items(count, first),
          options: { output, ordered },
          shuffle: (index) => index * 7,
          fails: (row) => row.ok && row.record.index % 6 < failing,
          ...(crashAfter !== undefined && { crashAfter }),
        });
        const bytes = readFileSync(output);
        if (damage === undefined || gunzipSync(bytes).length < 50) continue;
        writeFileSync(output, DAMAGES[damage]?.(bytes, Math.floor(at * bytes.length)) ?? bytes);
      }
      await oneRun({ items: items(60), options: { output, ordered }, shuffle: (index) => index * 3 });
      const rows = resultRows(unpacked(output));
      const given = rows.map((row) => `${row.id} ${row.status === 'ok' ? row.summary : ''}`);
      const asked = items(60).map(({ id, text }) => `${id} ${answerTo(text)}`);
      if (ordered) expect(given).toEqual(asked);
      else expect(given.sort()).toEqual(asked.sort());
    }),
    { numRuns: 20 },
  );
  expect(readdirSync(path).filter((name) => /-tmp|-plain|\.lock/.test(name))).toEqual([]);
}, 60_000);

test.runIf('createZstdCompress' in zlib)(
  'a .zst file is gone on with, also where it breaks off',
  async () => {
    const output = join((await makeFolder()).path, 'out.jsonl.zst');
    await oneRun({ items: items(20), options: { output }, crashAfter: 9 });
    await oneRun({ items: items(20), options: { output }, crashAfter: 3 });
    writeFileSync(output, readFileSync(output).subarray(0, -20));
    await oneRun({ items: items(40), options: { output, ordered: true }, shuffle: (index) => index * 3 });
    const ended = await oneRun({ items: items(60), options: { output } });
    expect(ended.done).toEqual(items(20, 40).map(({ id }) => `${id}`));
    const again = await oneRun({ items: items(60), options: { output } });
    expect([again.done, again.known.length]).toEqual([[], 60]);
  },
);

test('a .gz file that needs no mending is left as it is', async () => {
  const output = join((await makeFolder()).path, 'out.jsonl.gz');
  await oneRun({ items: items(5), options: { output } });
  const before = readFileSync(output);
  expect((await oneRun({ items: items(5), options: { output } })).done).toEqual([]);
  expect(readFileSync(output).equals(before)).toBe(true);
  await oneRun({ items: items(6), options: { output } });
  expect(readFileSync(output).subarray(0, before.length).equals(before)).toBe(true);
});

test('what cannot be unpacked any more is told and kept, and its records are done again', async () => {
  const output = join((await makeFolder()).path, 'out.jsonl.gz');
  // Letters without a pattern, so that the file is longer than what is unpacked at a time.
  const long = Array.from({ length: 400 }, (_, id) => ({
    id,
    text: Array.from({ length: 100 }, (_, n) => Math.abs(Math.sin(id * 100 + n)).toString(36)).join(' '),
  }));
  await oneRun({ items: long, options: { output } });
  const spoilt = readFileSync(output);
  const at = Math.floor(spoilt.length * 0.7);
  spoilt.fill(0xff, at, at + 100);
  writeFileSync(output, spoilt);
  const { done, known, damaged } = await oneRun({ items: long, options: { output } });
  expect(damaged.at(-1)).toMatchObject({ file: output, movedTo: `${output}.damaged` });
  expect(known.length).toBeGreaterThan(100);
  expect(done).toHaveLength(400 - known.length);
  expect(resultRows(unpacked(output))).toHaveLength(400);
  expect(readFileSync(`${output}.damaged`).equals(spoilt)).toBe(true);
});

test('a .csv.gz file goes on under its one header', async () => {
  const output = join((await makeFolder()).path, 'out.csv.gz');
  const options = { output, format: 'csv' } as const;
  await oneRun({ items: items(9), options, crashAfter: 4 });
  await oneRun({ items: items(9), options, fails: (row) => row.ok && row.record.id === '7' });
  writeFileSync(output, readFileSync(output).subarray(0, -20));
  await oneRun({ items: items(9), options });
  const ids = (parse(unpacked(output), { columns: true }) as { id: string }[]).map(({ id }) => Number(id));
  expect(ids.sort()).toEqual(items(9).map(({ id }) => id));
});

test('a file that is not compressed as its name says, or holds nothing of ours, is left as it is', async () => {
  const output = join((await makeFolder()).path, 'out.jsonl.gz');
  for (const foreign of ['{"id":1}\n', gzipSync('{"id":1}\n'), gzipSync('x').subarray(0, 9)]) {
    writeFileSync(output, foreign);
    await expect(oneRun({ items: items(1), options: { output } })).rejects.toMatchObject({ code: 'usage' });
    expect(readFileSync(output).equals(Buffer.from(foreign))).toBe(true);
  }
});
