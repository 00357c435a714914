import { execFile } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { cacheFolder } from '../../src/cache/cache-folder.ts';
import { cacheStats, pruneCache } from '../../src/cache/maintain.ts';
import { openCache } from '../../src/cache/open-cache.ts';
import { openDatabase } from '../../src/cache/open-database.ts';
import type { AppError } from '../../src/core/errors.ts';
import type { Completion } from '../../src/core/request.ts';
import { makeFolder } from '../helpers/folder.ts';

const ANSWER: Completion = {
  text: 'Gruß 🎈',
  finish: { unified: 'stop', raw: 'stop' },
  usage: { inputTokens: 7, outputTokens: 0 },
  model: 'm-1',
};
const BARE: Completion = { text: 'x', finish: { unified: 'stop' }, usage: {} };

async function opened(folder: string, options: { ttlMs?: number; epochMs?: () => number } = {}) {
  const troubles: AppError[] = [];
  const onTrouble = (error: AppError): void => void troubles.push(error);
  const cache = await openCache(folder, { epochMs: Date.now, onTrouble, ...options });
  return { cache, troubles };
}

describe('the cache', () => {
  test('gives back in a later run what it was given, whole', async () => {
    const { path } = await makeFolder();
    const { cache } = await opened(join(path, 'a/b'));
    cache.put('k', ANSWER);
    cache.put('bare', BARE);
    cache.close();
    const later = await opened(join(path, 'a/b'));
    expect(later.cache.get('k')).toEqual(ANSWER);
    expect(later.cache.get('bare')).toEqual(BARE);
    expect(later.cache.get('other')).toBeUndefined();
    later.cache.close();
  });

  test('holds an answer for its time and not longer', async () => {
    const { path } = await makeFolder();
    let now = 1_000_000;
    const options = { ttlMs: 1000, epochMs: () => now };
    const { cache } = await opened(path, options);
    cache.put('k', BARE);
    cache.close();
    const later = await opened(path, options);
    now += 999;
    expect(later.cache.get('k')).toEqual(BARE);
    now += 1;
    expect(later.cache.get('k')).toBeUndefined();
    later.cache.put('k', ANSWER);
    later.cache.close();
    const last = await opened(path, options);
    expect(last.cache.get('k')).toEqual(ANSWER);
    last.cache.close();
  });

  test('takes the answers of several processes at once, from the making of the file on', async () => {
    const { path } = await makeFolder();
    const script = join(import.meta.dirname, 'put-many.ts');
    const put = (name: string) =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', script, path, name, '1500']);
    await Promise.all([put('a'), put('b')]);
    const open = await openDatabase(path);
    expect(cacheStats(open).answers).toBe(3000);
    expect(open.db.pragma('integrity_check', { simple: true })).toBe('ok');
    open.db.close();
  });

  test('waits, with what it was given, for a process that writes for long', async () => {
    const { path } = await makeFolder();
    const { cache, troubles } = await opened(path);
    const other = new Sqlite(join(path, 'cache.db'));
    other.exec('BEGIN IMMEDIATE');
    cache.put('k', BARE);
    await new Promise((resolve) => setTimeout(resolve, 100));
    other.exec('COMMIT');
    cache.close();
    expect(troubles).toEqual([]);
    expect(other.prepare('SELECT key FROM answers').pluck().all()).toEqual(['k']);
    other.close();
  });

  test('that is damaged while it is used says so once and goes quiet', async () => {
    const { path } = await makeFolder();
    const first = await opened(path);
    for (let n = 0; n < 2000; n += 1) first.cache.put(`key ${n}`, { ...BARE, text: 'y'.repeat(500) });
    first.cache.close();
    const file = join(path, 'cache.db');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0x5a, 4096));
    const { cache, troubles } = await opened(path).catch((error: AppError) => ({
      cache: undefined,
      troubles: [error],
    }));
    for (let n = 0; n < 2000; n += 100) cache?.get(`key ${n}`);
    cache?.put('k', BARE);
    cache?.close();
    expect(troubles.map(({ code }) => code)).toEqual(['cache_unusable']);
  });
});

describe('a file in its place', () => {
  test.each<[string, (file: string) => void, RegExp]>([
    ['that is no SQLite file', (file) => writeFileSync(file, 'notes\n'.repeat(500)), /damaged or no cache/],
    [
      'of another program',
      (file) => {
        const db = new Sqlite(file);
        db.exec('CREATE TABLE bookmarks (url TEXT)');
        db.close();
      },
      /is no cache of gistmill/,
    ],
    [
      'of another version',
      (file) => {
        const db = new Sqlite(file);
        db.exec('PRAGMA application_id = 0x67697374; PRAGMA user_version = 99; CREATE TABLE t (a)');
        db.close();
      },
      /another version of gistmill/,
    ],
  ])('%s is refused and left as it is', async (_, make, message) => {
    const { path } = await makeFolder();
    const file = join(path, 'cache.db');
    make(file);
    const before = readFileSync(file);
    const error: unknown = await openDatabase(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'cache_unusable', message: expect.stringMatching(message) });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('that is empty becomes a cache', async () => {
    const { path } = await makeFolder({ 'cache.db': '' });
    truncateSync(join(path, 'cache.db'));
    const { cache } = await opened(path);
    cache.put('k', BARE);
    cache.close();
    expect((await opened(path)).cache.get('k')).toEqual(BARE);
  });
});

test('pruning takes out what is old and gives its room back', async () => {
  const { path } = await makeFolder();
  let now = 1000;
  const { cache } = await opened(path, { epochMs: () => now });
  for (let n = 0; n < 300; n += 1) cache.put(`old ${n}`, { ...ANSWER, text: 'y'.repeat(5000) });
  cache.close();
  now = 5000;
  const later = await opened(path, { epochMs: () => now });
  later.cache.put('new', ANSWER);
  later.cache.close();
  const open = await openDatabase(path);
  const before = cacheStats(open);
  expect(before).toMatchObject({ answers: 301, oldestMs: 1000, newestMs: 5000, tokens: { input: 2107 } });
  expect(pruneCache(open, 4000)).toBe(300);
  const after = cacheStats(open);
  expect(after).toMatchObject({ answers: 1, oldestMs: 5000, models: [{ model: 'm-1', answers: 1 }] });
  expect(after.bytes).toBeLessThan(before.bytes / 10);
  open.db.close();
});

test('the usual folder follows XDG, which has a relative path ignored', () => {
  expect(cacheFolder('auto', { XDG_CACHE_HOME: '/c', HOME: '/h' })).toBe('/c/gistmill');
  expect(cacheFolder('auto', { XDG_CACHE_HOME: 'c', HOME: '/h' })).toBe('/h/.cache/gistmill');
  expect(cacheFolder('here', { HOME: '/h' })).toBe('here');
});
