import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { type Expected, textHashOf, tripleOf } from './expected.ts';
import type { SoakRecord } from './records.ts';

export interface RowFigures {
  readonly rows: number;
  /** Rows that stand there more often than they should. */
  readonly doubles: number;
  /** Records without their row. */
  readonly losses: number;
  /** Rows that are those of no record: another id, another text or another summary. */
  readonly strays: number;
  /** Lines that are no good rows: torn, not JSON, of a record that failed. */
  readonly malformed: number;
  /** Rows whose `key` an earlier one has. */
  readonly sharedKeys: number;
  /** Rows that stand where the input has another record; 0 where the order is of no matter. */
  readonly misplaced: number;
}

/** What is read of a row. Its id as the input has it was kept with `--keep id`. */
interface Row {
  readonly key: string;
  readonly content: string;
  readonly summary: string;
  readonly input: { readonly id?: string | number };
}

/**
 * Compares the rows of an output with what should stand there, in the order of this input if there is one. Empties
 * `expected`. `.gz` is unpacked.
 */
export async function checkRows(path: string, expected: Expected, input?: string): Promise<RowFigures> {
  const figures = { rows: 0, doubles: 0, losses: 0, strays: 0, malformed: 0, sharedKeys: 0, misplaced: 0 };
  const keys = new Set<string>();
  const inputs = input === undefined ? undefined : linesOf(input);
  for await (const line of linesOf(path)) {
    const row = readRow(line);
    if (row === undefined) {
      figures.malformed += 1;
      continue;
    }
    figures.rows += 1;
    const triple = tripleOf(row.input.id, row.content, row.summary);
    const left = expected.get(triple);
    if (left === undefined) figures.strays += 1;
    else if (left === 0) figures.doubles += 1;
    else expected.set(triple, left - 1);
    if (keys.has(row.key)) figures.sharedKeys += 1;
    keys.add(row.key);
    if (inputs !== undefined && !isOf(row, (await inputs.next()).value)) figures.misplaced += 1;
  }
  for (const left of expected.values()) figures.losses += left;
  return figures;
}

/** The lines of a file; the last one, where it is not ended or the file is cut, as none that could be a row. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  let rest = '';
  try {
    for await (const text of bytes.setEncoding('utf8')) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    rest = `(${error})`;
  }
  if (rest !== '') yield `(not ended) ${rest}`;
}

function isOf(row: Row, line: string | undefined): boolean {
  if (line === undefined) return false;
  const { id, text } = JSON.parse(line) as SoakRecord;
  return id === row.input.id && textHashOf(text) === row.content;
}

function readRow(line: string): Row | undefined {
  try {
    const row = JSON.parse(line);
    const isRow = row.status === 'ok' && typeof row.summary === 'string' && typeof row.input === 'object';
    return isRow && typeof row.key === 'string' ? row : undefined;
  } catch {
    return undefined;
  }
}
