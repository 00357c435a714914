import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { makeFolder } from '../helpers/folder.ts';
import { resultRows } from '../helpers/result-rows.ts';
import { answerTo, oneRun } from './one-run.ts';

/** What a crash, a disk or a careless hand may do to a file; `at` is a place in it. */
const DAMAGES: Readonly<Record<string, (bytes: Buffer, at: number, length: number) => Buffer>> = {
  'cut short': (bytes, at) => bytes.subarray(0, at),
  'last line end lost': (bytes) => (bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes),
  'half an emoji at the end': (bytes) => Buffer.concat([bytes, Buffer.from([0xf0, 0x9f, 0x98])]),
  'a torn row at the end': (bytes) => Buffer.concat([bytes, Buffer.from('{"key":"7","summ')]),
  zeroes: (bytes, at, length) => Buffer.from(bytes).fill(0, at, Math.min(bytes.length, at + length)),
  'bytes that are no UTF-8': (bytes, at, length) =>
    Buffer.from(bytes).fill(0xff, at, Math.min(bytes.length, at + length)),
  'two lines glued': (bytes, at) => {
    const end = bytes.indexOf('\n', at);
    return end === -1 ? bytes : Buffer.concat([bytes.subarray(0, end), bytes.subarray(end + 1)]);
  },
  'a line that is none of ours': (bytes, at) => {
    const end = bytes.indexOf('\n', at) + 1;
    return Buffer.concat([bytes.subarray(0, end), Buffer.from('{"oops\n'), bytes.subarray(end)]);
  },
  'a row twice': (bytes, at) => {
    const end = bytes.indexOf('\n', at) + 1;
    const start = bytes.lastIndexOf('\n', Math.max(0, end - 2)) + 1;
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
};

/** Ids of two kinds, records without, and some that are the same. */
function item(n: number): JsonObject {
  const text = n % 7 === 0 ? 'the same “text” again' : `text ${n} ${'é😀 '.repeat(n % 50)}`;
  return n % 3 === 0 ? { text } : { id: n % 3 === 1 ? n : String(n - 1), text };
}

const life = fc.record({
  first: fc.nat({ max: 20 }),
  count: fc.integer({ min: 1, max: 40 }),
  backwards: fc.boolean(),
  crashAfter: fc.option(fc.nat({ max: 30 }), { nil: undefined }),
  failing: fc.nat({ max: 5 }),
  damage: fc.option(fc.constantFrom(...Object.keys(DAMAGES)), { nil: undefined }),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 400 }),
});

test('whatever becomes of the file between runs, in the end each record has one row and nothing else stands there', async () => {
  const { path } = await makeFolder();
  let job = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 5 }), fc.boolean(), async (lives, ordered) => {
      const output = join(path, `${job++}.jsonl`);
      for (const [
        n,
        { first, count, backwards, crashAfter, failing, damage, at, length },
      ] of lives.entries()) {
        const items = Array.from({ length: count }, (_, i) => item(first + i));
        await oneRun({
          items: backwards ? items.toReversed() : items,
          options: { output, ordered },
          shuffle: (index) => index * 7 + n,
          fails: (row) => row.ok && row.record.index % 6 < failing,
          ...(crashAfter !== undefined && { crashAfter }),
        });
        const bytes = readFileSync(output);
        if (damage === undefined || bytes.length === 0) continue;
        const place = Math.floor(at * (bytes.length - 1));
        writeFileSync(output, DAMAGES[damage]?.(bytes, place, length) ?? bytes);
      }
      const items = Array.from({ length: 60 }, (_, n) => item(n));
      await oneRun({ items, options: { output, ordered }, shuffle: (index) => index * 3 });
      const rows = resultRows(readFileSync(output, 'utf8'));
      const given = rows.map((row) => [
        row.id.replace(/^input:.*/, 'none'),
        row.status === 'ok' ? row.summary : '',
      ]);
      const asked = items.map(({ id, text }) => [String(id ?? 'none'), answerTo(String(text))]);
      if (ordered) expect(given).toEqual(asked);
      else expect(given.sort(byText)).toEqual(asked.sort(byText));
    }),
    { numRuns: 60 },
  );
}, 60_000);

function byText(a: readonly string[], b: readonly string[]): number {
  return a.join() < b.join() ? -1 : 1;
}

test('lines that are no rows are told by their numbers and kept apart', async () => {
  const { path } = await makeFolder();
  const output = join(path, 'out.jsonl');
  const items = Array.from({ length: 6 }, (_, n) => ({ id: n, text: `text ${n}` }));
  await oneRun({ items, options: { output } });
  const lines = readFileSync(output, 'utf8').trimEnd().split('\n');
  const spoilt = [lines[0], '{"key":"torn', lines[2], `${lines[3]}${lines[4]}`, lines[5]];
  writeFileSync(output, `${spoilt.join('\n')}\n`);
  const { done, damaged } = await oneRun({ items, options: { output } });
  expect(done).toEqual(['1', '3', '4']);
  expect(damaged).toEqual([2, 4].map((line) => ({ file: output, line, movedTo: `${output}.damaged` })));
  expect(readFileSync(`${output}.damaged`, 'utf8')).toBe(`${spoilt[1]}\n${spoilt[3]}\n`);
  expect(existsSync(`${output}.gistmill-tmp`)).toBe(false);
  expect(existsSync(`${output}.lock`)).toBe(false);
});

test('rows that another program has written anew, with spaces and in another order of fields, still count', async () => {
  const { path } = await makeFolder();
  const output = join(path, 'out.jsonl');
  const items = Array.from({ length: 4 }, (_, n) => ({ id: n, text: `text ${n}` }));
  await oneRun({ items, options: { output } });
  const rewritten = resultRows(readFileSync(output, 'utf8')).map((row) =>
    JSON.stringify(Object.fromEntries(Object.entries(row).reverse()), undefined, 1).replaceAll('\n', ' '),
  );
  writeFileSync(output, `${rewritten.join('\r\n')}\r\n`);
  expect((await oneRun({ items, options: { output } })).done).toEqual([]);
});
