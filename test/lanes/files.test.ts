import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchFiles, newBatchFolder, type PartState } from '../../src/lanes/batch-state.ts';
import { customIdOf, JobWriter } from '../../src/lanes/job-writer.ts';
import type { Lane } from '../../src/lanes/lane.ts';
import { openLane } from '../../src/lanes/open-lane.ts';
import { readFileLines } from '../../src/lanes/read-file-lines.ts';
import { readRecordLine } from '../../src/lanes/record-line.ts';
import { splitPart } from '../../src/lanes/split-part.ts';
import { arrayBody, formBody, type StreamBody } from '../../src/lanes/stream-body.ts';

const folder = mkdtempSync(join(tmpdir(), 'gistmill-lane-files-'));
const lane: Lane = await openLane('openai', 'openai', { env: {} });
let made = 0;

async function written(texts: readonly string[], requests: number, bytes: number) {
  const files = batchFiles(join(folder, `out-${made++}`));
  await newBatchFolder(files);
  const writer = await JobWriter.create({ files, lane, job: 'job', limits: { requests, bytes } });
  try {
    for (const [index, text] of texts.entries()) {
      const at = { file: 'in', line: index + 1 };
      const record = { id: String(index), index, key: `k${index}`, text, fields: { text }, at };
      await writer.add(record, JSON.stringify({ text }), text);
    }
    return { files, parts: await writer.end() };
  } finally {
    await writer.abandon();
  }
}

async function whole({ body, headers }: StreamBody): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).length).toBe(Number(headers['content-length']));
  return Buffer.concat(chunks).toString('utf8');
}

test('no part is larger than the limits, and each record is asked for in the part where it stands', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ maxLength: 30 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 300, max: 900 }),
      async (texts, requests, bytes) => {
        const { files, parts } = await written(texts, requests, bytes);
        const seen: string[] = [];
        let at = 0;
        for (const part of parts) {
          const lines = readFileSync(files.requests(part.number), 'utf8').trimEnd().split('\n');
          expect(lines).toHaveLength(part.requests);
          expect(part.requests).toBeLessThanOrEqual(requests);
          expect(statSync(files.requests(part.number)).size).toBe(part.bytes);
          expect(part.bytes).toBeLessThanOrEqual(bytes);
          expect(part.from).toBe(at);
          at = part.to;
          const asked = new Map(
            lines.map((line) => JSON.parse(line)).map((line) => [line.custom_id, line.body.text]),
          );
          for await (const { text } of readFileLines(files.records, part)) {
            const { row, customId = '' } = readRecordLine(text);
            if (!row.ok) throw row.broken.error;
            expect(asked.get(customId)).toBe(row.record.text);
            seen.push(row.record.text);
          }
        }
        expect(at).toBe(statSync(files.records).size);
        expect(seen).toEqual(texts);
      },
    ),
    { numRuns: 30 },
  );
});

test('a request that no part takes is refused by itself', async () => {
  await expect(written(['x'.repeat(400)], 5, 300)).rejects.toMatchObject({ code: 'request_too_large' });
});

test('a part is cut between two records', async () => {
  const { files, parts } = await written(['a', 'b', 'a', 'c', 'd', 'c'], 9, 1e6);
  const [first, second] = await splitPart(files, parts[0] as PartState, 2);
  const ids = (number: number): string[] =>
    readFileSync(files.requests(number), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).body.text);
  expect([ids(2), ids(3)]).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(first).toMatchObject({ number: 2, requests: 2, from: 0, to: second.from });
  const texts: string[] = [];
  for await (const { text } of readFileLines(files.records, second)) {
    const { row } = readRecordLine(text);
    if (row.ok) texts.push(row.record.text);
  }
  expect(texts).toEqual(['c', 'd', 'c']);
});

test('ids tell nothing of the record and are what every provider takes', () => {
  fc.assert(
    fc.property(fc.string(), (key) => {
      expect(customIdOf('abcd1234', key)).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    }),
  );
});

test('lines are found whole however long they are, with or without an end to the last', async () => {
  const path = join(folder, 'lines');
  const lines = ['', 'ä'.repeat(200_000), 'b', '', 'c'];
  writeFileSync(path, lines.join('\n'));
  const found: [string, string][] = [];
  const bytes = readFileSync(path);
  for await (const { text, from, to } of readFileLines(path)) {
    found.push([text, bytes.subarray(from, to).toString('utf8').trimEnd()]);
  }
  expect(found).toEqual(['ä'.repeat(200_000), 'b', 'c'].map((line) => [line, line]));
});

test('a file is sent as a form, and as an array, of the length that is told', async () => {
  const path = join(folder, 'body.jsonl');
  const values = Array.from({ length: 20_000 }, (_, n) => ({ n, text: 'a\nb, "c" ü' }));
  writeFileSync(path, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  const array = await whole(await arrayBody(path, 'requests'));
  expect(JSON.parse(array)).toEqual({ requests: values });
  const form = await formBody({ purpose: 'batch' }, path, 'name.jsonl');
  const sent = await whole(form);
  const read = await new Response(sent, { headers: form.headers }).formData();
  expect(read.get('purpose')).toBe('batch');
  const file = read.get('file') as File;
  expect([file.name, await file.text()]).toEqual(['name.jsonl', readFileSync(path, 'utf8')]);
});
