import { PassThrough } from 'node:stream';
import { openResults, type ResultsOptions } from '../../src/batch/open-results.ts';
import { AppError } from '../../src/core/errors.ts';
import { Events, type RunEvents } from '../../src/core/events.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { InputRow } from '../../src/core/record.ts';
import { fromIterable } from '../../src/input/from-iterable.ts';
import type { ResultRow } from '../../src/output/row-schema.ts';
import { resultRows } from '../helpers/result-rows.ts';

export interface RunFacts {
  readonly items: readonly JsonObject[];
  readonly options: Partial<ResultsOptions>;
  readonly settings?: JsonObject;
  readonly usedFields?: readonly string[];
  /** Ends in the middle, as a crash does, after so many rows. */
  readonly crashAfter?: number;
  /** In which order rows complete: where each goes among those that are open. */
  readonly shuffle?: (index: number) => number;
  readonly fails?: (row: InputRow) => boolean;
}

export interface RunReport {
  /** Ids of the records that were done in this run, in order of their rows. */
  readonly done: string[];
  readonly known: RunEvents['known'][];
  readonly damaged: RunEvents['damaged'][];
  readonly stdout: string;
  readonly notices: readonly string[];
}

const ALIVE = { pid: process.pid, isAlive: () => true };
const OPEN = 8;

/** What a run does between its input and its output: every record that is to be done gets a row that tells its text. */
export async function oneRun(facts: RunFacts): Promise<RunReport> {
  const stdout = new PassThrough();
  const chunks: Buffer[] = [];
  stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const results = await openResults({
    options: {
      ...{ format: 'jsonl', ordered: false, inputs: [], onChange: 'refuse', fresh: false, fsync: 'never' },
      ...{ state: undefined, output: undefined },
      ...facts.options,
    },
    rowSettings: { settings: facts.settings ?? { model: 'm' }, usedFields: facts.usedFields ?? [] },
    ...{ stdout, ownProcess: ALIVE },
  });
  const events = new Events();
  const report = {
    done: [] as string[],
    known: [] as RunEvents['known'][],
    damaged: [] as RunEvents['damaged'][],
  };
  events.on('known', (event) => report.known.push(event));
  events.on('damaged', (event) => report.damaged.push(event));
  const source = results.source(fromIterable(facts.items, { textField: 'text' }), events.emit);
  const open: InputRow[] = [];
  const complete = async (row: InputRow): Promise<void> => {
    report.done.push(row.ok ? row.record.id : row.broken.id);
    await results.sink.write(outcomeOf(row, facts.fails?.(row) === true));
  };
  const isOver = (): boolean => report.done.length === facts.crashAfter;
  try {
    for await (const row of source.rows(new AbortController().signal)) {
      const place = facts.shuffle?.(report.done.length) ?? open.length;
      open.splice(place % (open.length + 1), 0, row);
      if (open.length < OPEN) continue;
      if (isOver()) break;
      for (const next of open.splice(0, 1)) await complete(next);
    }
    while (open.length > 0 && !isOver()) for (const next of open.splice(0, 1)) await complete(next);
    await results.sink.close();
    if (!isOver()) await results.finish();
  } finally {
    results.release();
  }
  return { ...report, stdout: Buffer.concat(chunks).toString('utf8'), notices: results.notices };
}

export function answerTo(text: string): string {
  return `In short: ${text}`;
}

function outcomeOf(row: InputRow, fails: boolean): Outcome {
  const effort = { attempts: 1, latencyMs: 1, usage: { inputTokens: 10, outputTokens: 2 }, costUsd: 0.001 };
  if (!row.ok) return { ok: false, record: row.broken, error: row.broken.error, effort };
  const { record } = row;
  if (fails) return { ok: false, record, error: new AppError('timeout', 'too slow'), effort };
  return {
    ok: true,
    record,
    answer: { text: answerTo(record.text), finish: { unified: 'stop' }, usage: {} },
    effort,
  };
}

/** `id: summary` of each row, or `id: code` where it failed. */
export function told(output: string): string[] {
  return resultRows(output).map((row: ResultRow) =>
    row.status === 'ok' ? `${row.id}: ${row.summary}` : `${row.id}: ${row.error.code}`,
  );
}
