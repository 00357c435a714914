import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openTextTools } from '../../src/chunks/open-text-tools.ts';
import { loadTokenCounter } from '../../src/tokens/token-counter.ts';
import { type BuiltTextTools, buildTextTools } from './build-worker.ts';

const BOOK = readFileSync(join(import.meta.dirname, '../../fixtures/books/moby-dick.txt'), 'utf8').slice(
  0,
  400_000,
);
const CHAPTER = BOOK.slice(30_000, 60_000);

let built: BuiltTextTools;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  built = await buildTextTools();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((tools) => tools.close()));
});
afterAll(() => built.remove());

function open(model?: string, workerUrl = built.workerUrl): ReturnType<typeof openTextTools> {
  const tools = openTextTools(model, { workerUrl });
  opened.push(tools);
  return tools;
}

describe('a count', () => {
  test.each(['gpt-4o', 'gpt-4', undefined])('is that of the encoding (%s)', async (model) => {
    const tools = open(model);
    const { count } = await loadTokenCounter(model);
    for (const text of ['', 'word', 'a <|endoftext|> b', '春天来了', CHAPTER, BOOK.slice(0, 100_000)]) {
      expect(await tools.count(text)).toBe(count(text));
    }
  });

  test('is corrected by what the endpoint reports, and so are the sizes of parts', async () => {
    const tools = open('some-model');
    const before = await tools.count(CHAPTER);
    const parts = (await tools.chunk(CHAPTER, { maxTokens: 1000, overlapTokens: 0 })).length;
    tools.learn(before, before * 1.5);
    expect(Math.abs((await tools.count(CHAPTER)) - before * 1.5)).toBeLessThanOrEqual(1);
    const smaller = await tools.chunk(CHAPTER, { maxTokens: 1000, overlapTokens: 0 });
    expect(smaller.length / parts).toBeCloseTo(1.5, 0);
    for (const part of smaller) expect(await tools.count(part)).toBeLessThanOrEqual(1000);
    expect(await tools.count(await tools.head(CHAPTER, 1000))).toBeLessThanOrEqual(1000);
  });

  test('is never more than the bytes of the text', async () => {
    const tools = open('some-model');
    tools.learn(1000, 3900);
    expect(await tools.count('\u0001\u0002')).toBeLessThanOrEqual(2);
  });
});

describe('a long text', () => {
  test('is cut into parts that fit and that are the text', async () => {
    const tools = open('gpt-4o');
    const { count } = await loadTokenCounter('gpt-4o');
    const parts = await tools.chunk(BOOK, { maxTokens: 3000, overlapTokens: 0 });
    expect(parts.filter((part) => count(part) > 3000)).toEqual([]);
    expect(parts.join('').replace(/\s+/g, '')).toBe(BOOK.replace(/\s+/g, ''));
    const head = await tools.head(BOOK, 3000);
    expect(count(head)).toBeLessThanOrEqual(3000);
    expect(BOOK.trimStart().startsWith(head)).toBe(true);
  });

  test('holds up neither the event loop nor short texts', async () => {
    const tools = open('gpt-4o');
    await tools.count('start');
    const ended: string[] = [];
    const long = tools
      .chunk(BOOK.repeat(2), { maxTokens: 2000, overlapTokens: 100 })
      .then(() => ended.push('long'));
    const other = tools.count(BOOK.repeat(2)).then(() => ended.push('other long'));
    for (let i = 0; i < 20; i++) await tools.count(`short ${i}`);
    ended.push('20 short');
    let turns = 0;
    while (ended.length < 3) {
      await setImmediate();
      turns += 1;
    }
    await Promise.all([long, other]);
    expect(ended[0]).toBe('20 short');
    // Work on this thread would leave one turn or two.
    expect(turns).toBeGreaterThan(20);
  });
});

describe('the thread', () => {
  const nowhere = new URL('./no-such-worker.js', import.meta.url);

  test('is not started for what surely fits, or is nothing', async () => {
    const tools = open('gpt-4o', nowhere);
    expect(await tools.count('')).toBe(0);
    expect(await tools.chunk('a short text', { maxTokens: 100, overlapTokens: 10 })).toEqual([
      'a short text',
    ]);
    expect(await tools.head('a short text', 12)).toBe('a short text');
  });

  test('that cannot start fails each call', async () => {
    const tools = open('gpt-4o', nowhere);
    for (const text of ['one', 'two']) {
      await expect(tools.count(text)).rejects.toMatchObject({ name: 'AppError', code: 'internal' });
    }
  });

  test('ends when closed, with all that is under way', async () => {
    const tools = open('gpt-4o');
    await tools.count('start');
    const cut = tools.chunk(BOOK.repeat(2), { maxTokens: 100, overlapTokens: 0 });
    const starting = open('gpt-4o');
    const first = starting.count('too early');
    await Promise.all([
      expect(cut).rejects.toMatchObject({ code: 'interrupted' }),
      expect(first).rejects.toMatchObject({ code: 'interrupted' }),
      tools.close(),
      tools.close(),
      starting.close(),
    ]);
    await expect(tools.count('too late')).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('does not keep a process alive that forgets to close it', async () => {
    const script = `
      const { openTextTools } = await import(${JSON.stringify(built.toolsUrl.href)});
      console.log(await openTextTools('gpt-4o').count('one two three'));`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(await run).toMatchObject({ stdout: '3\n', stderr: '' });
  });
});
