import type { Emit } from '../core/events.ts';
import type { BrokenRecord, InputRecord, InputRow, Source } from '../core/record.ts';
import { textChanged } from './check-content.ts';
import { type Folded, foldText } from './fold.ts';
import { Identifier } from './identify.ts';
import type { OnChange } from './journal.ts';
import type { RowTable } from './row-table.ts';

export interface ResumeParts {
  readonly inner: Source;
  readonly rows: RowTable;
  /** Number of the settings of this run; -1 where no row was made by them. */
  readonly maker: number;
  readonly usedFields: readonly string[];
  readonly onChange: OnChange;
  /** Of the journal, for messages. */
  readonly name: string;
  readonly emit: Emit;
  /** The record of this index is done: its row is this one. */
  readonly reuse: (index: number, row: number) => void;
  /** Where only failed records are done again: the record of this index has no row, and gets none. */
  readonly leaveOut?: ((index: number) => void) | undefined;
}

/**
 * The records of an input, each with its key, without those that are done. `rows()` throws `text_changed` for the first
 * record whose text has changed where that is to be refused.
 */
export function resumeSource(parts: ResumeParts): Source {
  const { inner } = parts;
  return {
    ...(inner.totalBytes === undefined ? {} : { totalBytes: inner.totalBytes }),
    bytesRead: () => inner.bytesRead(),
    rows: (signal) => undone(parts, signal),
  };
}

async function* undone(parts: ResumeParts, signal: AbortSignal): AsyncGenerator<InputRow> {
  const identifier = new Identifier(parts.usedFields);
  const known = new KnownRows(parts);
  for await (const batch of batchesOf(parts.inner, signal)) {
    for (const plain of batch) {
      if (signal.aborted) return;
      const row = identifier.identify(plain);
      if (!known.isDone(row.ok ? row.record : row.broken)) yield row;
    }
  }
}

function batchesOf(source: Source, signal: AbortSignal): AsyncIterable<Iterable<InputRow>> {
  return source.batches?.(signal) ?? alone(source.rows(signal));
}

async function* alone(rows: AsyncIterable<InputRow>): AsyncGenerator<Iterable<InputRow>> {
  for await (const row of rows) yield [row];
}

class KnownRows {
  readonly #parts: ResumeParts;
  readonly #key: Folded = { high: 0, low: 0 };
  readonly #content: Folded = { high: 0, low: 0 };

  constructor(parts: ResumeParts) {
    this.#parts = parts;
  }

  isDone(record: InputRecord | BrokenRecord): boolean {
    const { rows, emit, reuse, leaveOut } = this.#parts;
    const { id, index } = record;
    foldText(record.key ?? '', this.#key);
    const row = rows.size === 0 ? undefined : rows.find(this.#key);
    if (row === undefined) {
      leaveOut?.(index);
      return leaveOut !== undefined;
    }
    const state = this.#stateOf(row, record);
    emit('known', { id, index, row: state });
    if (state !== 'reused') return false;
    rows.see(row);
    reuse(index, row);
    return true;
  }

  #stateOf(row: number, record: InputRecord | BrokenRecord): 'reused' | 'failed' | 'stale' {
    const { rows, maker, onChange, name, leaveOut } = this.#parts;
    if (!rows.isGood(row)) return 'failed';
    if (onChange === 'keep' || leaveOut !== undefined) return 'reused';
    if (rows.maker(row) !== maker) return 'stale';
    foldText(record.contentHash ?? '', this.#content);
    if (rows.hasContent(row, this.#content)) return 'reused';
    if (onChange === 'refuse') throw textChanged(name, record);
    return 'stale';
  }
}
