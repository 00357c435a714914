import { AppError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { InputRow, Source } from '../core/record.ts';
import { type RecordOptions, RecordReader } from './read-record.ts';
import { untilAborted } from './until-aborted.ts';

export type TextItem = string | JsonObject;

/**
 * A source of the caller's own texts or records. Items are named `input:1`, `input:2`, … where they
 * have no id. `rows()` throws `input_read` if the iterable throws.
 */
export function fromIterable(
  items: AsyncIterable<TextItem> | Iterable<TextItem>,
  options: RecordOptions,
): Source {
  return {
    bytesRead: () => 0,
    rows: (signal) => rows(items, new RecordReader(options), signal),
  };
}

async function* rows(
  items: AsyncIterable<TextItem> | Iterable<TextItem>,
  records: RecordReader,
  signal: AbortSignal,
): AsyncGenerator<InputRow> {
  let line = 0;
  try {
    for await (const item of Symbol.asyncIterator in items ? interruptible(items, signal) : items) {
      if (signal.aborted) return;
      line += 1;
      yield records.fromJson(item, { file: 'input', line });
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('input_read', `the input failed after ${line} items: ${reason}`, { cause: error });
  }
}

/** Tells the caller's iterator that no more is wanted, without waiting for its answer. */
function interruptible(items: AsyncIterable<TextItem>, signal: AbortSignal): AsyncIterable<TextItem> {
  const iterator = items[Symbol.asyncIterator]();
  return untilAborted({ [Symbol.asyncIterator]: () => iterator }, signal, () => {
    iterator.return?.()?.catch(() => {});
  });
}
