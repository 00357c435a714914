import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { fromIterable } from '../../src/input/from-iterable.ts';
import { brief, rowsOf } from './helpers.ts';

describe('fromIterable', () => {
  it('reads strings and records, sync or async, and numbers them from 1', async () => {
    const items = ['one', { id: 2, body: 'two' }, ' ', { id: 'x', other: 1 }];
    const expected = ['input:1 one', '2 two', 'input:3 !empty_text', 'x !missing_text'];
    expect(brief(await rowsOf(fromIterable(items, { textField: 'body' })))).toEqual(expected);
    const later = (async function* (): AsyncGenerator<string | JsonObject> {
      yield* items;
    })();
    expect(brief(await rowsOf(fromIterable(later, { textField: 'body' })))).toEqual(expected);
  });

  it('pulls an item only when a row is asked for', async () => {
    let pulled = 0;
    const items = (async function* (): AsyncGenerator<string> {
      for (;;) yield `text ${++pulled}`;
    })();
    const rows = fromIterable(items, { textField: 'text' })
      .rows(new AbortController().signal)
      [Symbol.asyncIterator]();
    await rows.next();
    await rows.next();
    expect(pulled).toBe(2);
  });

  it('stops waiting for an item when the run is aborted', async () => {
    const silent = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<string>>(() => {}) }),
    };
    const stop = new AbortController();
    const rows = rowsOf(fromIterable(silent, { textField: 'text' }), stop.signal);
    stop.abort();
    expect(await rows).toEqual([]);
  });

  it('tells the iterator when no more is wanted', async () => {
    let ended = false;
    const items = (async function* (): AsyncGenerator<string> {
      try {
        for (;;) yield 'text';
      } finally {
        ended = true;
      }
    })();
    for await (const _ of fromIterable(items, { textField: 'text' }).rows(new AbortController().signal))
      break;
    expect(ended).toBe(true);
  });

  it('passes on what the iterable throws, as a failure of the input', async () => {
    const failing = (function* (): Generator<string> {
      yield 'one';
      throw new Error('cursor lost');
    })();
    await expect(rowsOf(fromIterable(failing, { textField: 'text' }))).rejects.toMatchObject({
      code: 'input_read',
      message: 'the input failed after 1 items: cursor lost',
      cause: new Error('cursor lost'),
    });
  });
});
