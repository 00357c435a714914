import { existsSync } from 'node:fs';
import { appendFile, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Completion } from '../../src/core/request.ts';
import { PartFile } from '../../src/journal/part-file.ts';
import { makeFolder } from '../helpers/folder.ts';

const answer = (text: string): Completion => ({
  text,
  finish: { unified: 'stop', raw: 'stop' },
  usage: { inputTokens: 3, outputTokens: 1 },
});

const opened: PartFile[] = [];
afterEach(async () => {
  for (const parts of opened.splice(0)) await parts.close(false);
});

async function openIn(folder: string, isDone: (record: string) => boolean = () => false) {
  const troubles: unknown[] = [];
  const path = join(folder, 'out.jsonl.gistmill-parts');
  const parts = await PartFile.open({
    ...{ path, temporary: `${path}-tmp`, isDone },
    onTrouble: (cause) => troubles.push(cause),
  });
  opened.push(parts);
  return { parts, path, troubles };
}

describe('answers about parts of texts', () => {
  test('are there again after a run that was killed', async () => {
    const folder = (await makeFolder()).path;
    const first = await openIn(folder);
    await first.parts.put('book', 'k1', answer('eins'));
    await first.parts.put('book', 'k2', answer('zwei: ä€😀'));
    const second = await openIn(folder);
    expect(await second.parts.get('k2')).toEqual(answer('zwei: ä€😀'));
    expect(await second.parts.get('k1')).toEqual(answer('eins'));
    expect(await second.parts.get('k3')).toBeUndefined();
  });

  test('leave no file where there were none', async () => {
    const folder = (await makeFolder()).path;
    const { parts, path } = await openIn(folder);
    await parts.close(false);
    expect(existsSync(path)).toBe(false);
  });

  test('are gone once the record has its row', async () => {
    const folder = (await makeFolder()).path;
    const { parts, path } = await openIn(folder);
    await parts.put('book', 'k1', answer('one'));
    await parts.put('other', 'k2', answer('two'));
    await parts.forget('book');
    expect(await parts.get('k1')).toBeUndefined();
    expect(await parts.get('k2')).toEqual(answer('two'));
    await parts.forget('other');
    await parts.close(false);
    expect(existsSync(path)).toBe(false);
  });

  test('of records that have their row already are not read', async () => {
    const folder = (await makeFolder()).path;
    const first = await openIn(folder);
    await first.parts.put('book', 'k1', answer('one'));
    const second = await openIn(folder, (record) => record === 'book');
    expect(second.parts.size).toBe(0);
  });

  test('a line that was cut off by a crash costs that answer alone', async () => {
    const folder = (await makeFolder()).path;
    const first = await openIn(folder);
    await first.parts.put('book', 'k1', answer('one'));
    await first.parts.put('book', 'k2', answer('two €'));
    const { length } = await readFile(first.path);
    await truncate(first.path, length - 4);
    const second = await openIn(folder);
    expect(await second.parts.get('k1')).toEqual(answer('one'));
    expect(await second.parts.get('k2')).toBeUndefined();
    await second.parts.put('book', 'k2', answer('two again'));
    const third = await openIn(folder);
    expect(await third.parts.get('k2')).toEqual(answer('two again'));
    expect(third.troubles).toEqual([]);
  });

  test('lines that are something else are passed over', async () => {
    const folder = (await makeFolder()).path;
    const first = await openIn(folder);
    await appendFile(first.path, 'nonsense\n[1]\n{"record":1}\n');
    const second = await openIn(folder);
    await second.parts.put('book', 'k1', answer('one'));
    const third = await openIn(folder);
    expect(third.parts.size).toBe(1);
    expect(await third.parts.get('k1')).toEqual(answer('one'));
  });

  test('a file that cannot be written is told of once, and the run goes on without', async () => {
    const { parts, troubles } = await openIn('/dev/null/none');
    await parts.put('book', 'k1', answer('one'));
    await parts.put('book', 'k2', answer('two'));
    expect(await parts.get('k1')).toBeUndefined();
    expect(troubles).toHaveLength(1);
  });

  test('a file that has grown is written anew without what is not needed any more', async () => {
    const folder = (await makeFolder()).path;
    const { parts, path } = await openIn(folder);
    const long = 'x'.repeat(9 * 1024 * 1024);
    for (let n = 0; n < 8; n++) await parts.put(`book ${n}`, `k${n}`, answer(long));
    for (let n = 0; n < 7; n++) await parts.forget(`book ${n}`);
    expect((await readFile(path)).length).toBeLessThan(40 * 1024 * 1024);
    expect((await parts.get('k7'))?.text).toHaveLength(long.length);
    await parts.put('book 9', 'k9', answer('after'));
    expect(await parts.get('k9')).toEqual(answer('after'));
  });
});
