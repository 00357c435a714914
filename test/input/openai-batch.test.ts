import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { InputRow } from '../../src/core/record.ts';
import { openInputs } from '../../src/input/open-inputs.ts';
import { peekBatchModel } from '../../src/input/peek-batch-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'gistmill-batch-input-'));
let made = 0;

function file(content: string, ending = '.jsonl'): string {
  const path = join(folder, `${made++}${ending}`);
  writeFileSync(path, content);
  return path;
}

const line = (id: string, more: object = {}): string =>
  `${JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body: { model: 'm', messages: [{ role: 'user', content: 'hi' }] }, ...more })}\n`;

async function rows(
  path: string,
  inputFormat: 'auto' | 'jsonl' | 'openai-batch' = 'auto',
  stdin = '',
): Promise<string[]> {
  const options = {
    inputs: [path],
    inputFormat,
    each: 'line',
    textField: 'text',
    maxLineBytes: 1e6,
  } as const;
  const source = await openInputs(options, Readable.from([Buffer.from(stdin)]) as never);
  const found: InputRow[] = [];
  for await (const row of source.rows(new AbortController().signal)) found.push(row);
  return found.map((row) =>
    row.ok ? `${row.record.id} ${row.record.text}` : `${row.broken.id} ${row.broken.error.code}`,
  );
}

const BODY = '{"model":"m","messages":[{"role":"user","content":"hi"}]}';

test('a batch file is made out by its first line, in a file and in a pipe', async () => {
  expect(await rows(file(`\n${line('a')}${line('b')}`))).toEqual([`a ${BODY}`, `b ${BODY}`]);
  expect(await rows('-', 'auto', line('a'))).toEqual([`a ${BODY}`]);
  expect(await rows(file(line('a'), '.json'))).toEqual([`a ${BODY}`]);
});

test('JSON lines that look otherwise are records as ever, and so are all where that is said', async () => {
  expect(await rows(file(`{"id":"a","text":"x"}\n${line('b')}`))).toEqual(['a x', 'b missing_text']);
  expect(await rows(file(line('b')), 'jsonl')).toEqual(['b missing_text']);
});

test('lines that are no requests for chat completions are broken records', async () => {
  const lines = [
    line('a', { url: '/v1/embeddings' }),
    line('b', { body: {} }),
    '{"custom_id":"c"}\n',
    '7\n',
    'x\n',
    line('f'),
  ];
  expect((await rows(file(lines.join('')), 'openai-batch')).map((row) => row.replace(/^\/.*:/, ''))).toEqual([
    ...['a invalid_record', 'b invalid_record', 'c invalid_record', '4 invalid_record', '5 invalid_json'],
    `f ${BODY}`,
  ]);
});

test('the model of the first request is known beforehand', async () => {
  expect(await peekBatchModel(file(line('a')))).toBe('m');
  expect(await peekBatchModel(file('{"text":"x"}\n'))).toBe(undefined);
  expect(await peekBatchModel(join(folder, 'missing'))).toBe(undefined);
  expect(await peekBatchModel(folder)).toBe(undefined);
});
