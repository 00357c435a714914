import type { InputRecord, InputRow, Source } from '../../core/record.ts';
import type { BatchAnswer } from '../../engine/complete/from-batch.ts';
import { type BatchFiles, type BatchState, isOver, type PartState } from '../../lanes/batch-state.ts';
import type { Lane } from '../../lanes/lane.ts';
import { readFileLines } from '../../lanes/read-file-lines.ts';
import { type KeptRecord, readRecordLine } from '../../lanes/record-line.ts';
import { ResultsFile } from '../../lanes/results-file.ts';

/**
 * The records of a batch as a source, in the order of the input, with what the batch has brought for each. Records of
 * parts that are not over are left out; those that were done before come too, for their place.
 */
export class Brought {
  readonly #files: BatchFiles;
  readonly #state: BatchState;
  readonly #lane: Lane;
  /** What was brought for records that are being worked at. */
  readonly #answers = new Map<string, BatchAnswer>();
  readonly #done = new WeakSet<InputRecord>();
  readonly source: Source;
  #bytesRead = 0;

  constructor(files: BatchFiles, state: BatchState, lane: Lane) {
    this.#files = files;
    this.#state = state;
    this.#lane = lane;
    this.source = {
      totalBytes: Math.max(...state.parts.map(({ to }) => to)),
      bytesRead: () => this.#bytesRead,
      rows: (signal) => this.#rows(signal),
    };
  }

  /** What the batch has brought for a record; once. */
  take(record: InputRecord): BatchAnswer | undefined {
    const key = record.key ?? '';
    const answer = this.#answers.get(key);
    this.#answers.delete(key);
    return answer;
  }

  /** The same records without those that came only for their place. */
  asked(inner: Source, skip: (index: number) => void): Source {
    const done = this.#done;
    async function* rows(signal: AbortSignal): AsyncGenerator<InputRow> {
      for await (const row of inner.rows(signal)) {
        if (row.ok && done.has(row.record)) skip(row.record.index);
        else yield row;
      }
    }
    return { ...inner, bytesRead: () => inner.bytesRead(), rows };
  }

  async *#rows(signal: AbortSignal): AsyncGenerator<InputRow> {
    const parts = this.#state.parts
      .filter((part) => part.to > part.from)
      .sort((one, other) => one.from - other.from);
    for (const part of parts) yield* this.#rowsOf(part, signal);
  }

  async *#rowsOf(part: PartState, signal: AbortSignal): AsyncGenerator<InputRow> {
    const results = await ResultsFile.open(this.#files.results(part.number), this.#lane);
    const isShared = new Set<string>();
    try {
      for await (const { text, to } of readFileLines(this.#files.records, part)) {
        if (signal.aborted) return;
        this.#bytesRead = to;
        const kept = readRecordLine(text);
        const { row } = kept;
        if (row.ok && kept.isDone) this.#done.add(row.record);
        else if (row.ok && !isOver(part)) continue;
        else if (row.ok) await this.#bring(row.record, kept, part, results, isShared);
        yield row;
      }
    } finally {
      await results.close();
    }
  }

  async #bring(
    record: InputRecord,
    { customId }: KeptRecord,
    part: PartState,
    results: ResultsFile,
    isShared: Set<string>,
  ): Promise<void> {
    if (customId === undefined) return;
    const result = await results.get(customId);
    const why = result?.why ?? part.message ?? part.seen?.status ?? 'it was not sent';
    this.#answers.set(record.key ?? '', { answer: result?.answer, why, isShared: isShared.has(customId) });
    isShared.add(customId);
  }
}
