import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { UsdSum } from '../core/money.ts';
import type { FoundRow, RowPlace } from './found-row.ts';
import type { PackedEnd, Packing } from './packing.ts';
import type { ByteSource } from './read-lines.ts';
import { readJsonRows } from './read-rows.ts';
import type { RowReader } from './row-reader.ts';
import { RowTable } from './row-table.ts';

/** A line in the middle of a journal that is no row. */
export interface DamagedLine {
  /** 1-based. */
  readonly line: number;
  readonly offset: number;
}

/** What the good rows and the failed ones took, as far as they tell. */
export interface Spent {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

/** How a journal ends: well; with a row that lacks its line end; with the beginning of a row. */
export type Tail = 'ended' | 'unended' | 'torn';

export interface JournalContent {
  readonly rows: RowTable;
  /** Names of the settings that made the rows, as `rows.maker` numbers them. */
  readonly makers: readonly string[];
  readonly damaged: readonly DamagedLine[];
  readonly tail: Tail;
  /** Bytes up to the end of the last whole line. */
  readonly wholeBytes: number;
  readonly bytes: number;
  /** How a compressed file ends; of one that is not, `whole`. */
  readonly packedEnd: PackedEnd;
  /** Lines in all, the last one included even if it is not ended. */
  readonly lines: number;
  /** The first line that is JSON but no row of ours, or the first of a file that should be CSV and is not. */
  readonly foreignLine: number | undefined;
  /** Of CSV: whether it begins with the names of its columns, and whether CR LF ends them, as we do not write it. */
  readonly hasHeader: boolean;
  readonly hasCrLf: boolean;
  /** The names, where they are others of ours. */
  readonly otherColumns: readonly string[] | undefined;
  readonly spent: Spent;
}

/** Settings beyond these share one number: a journal has a handful. */
const MOST_MAKERS = 65_535;

/**
 * Reads all of a journal: JSON lines, or CSV with these columns; `packing` where it is compressed. Rejects with what
 * the file system says.
 */
export async function readJournal(
  path: string,
  columns?: readonly string[],
  packing?: Packing,
): Promise<JournalContent> {
  const packed = await packing?.open(path);
  const file = packed ?? (await open(path, constants.O_RDONLY));
  try {
    const content = columns === undefined ? await readContent(file) : await readTable(file, columns);
    return packed === undefined ? content : { ...content, packedEnd: packed.end };
  } finally {
    await file.close();
  }
}

/** Is called for each row once it stands in the table, as the last one there; `line` is 1-based. */
type OnRow<Row> = (row: Row, rows: RowTable, line: number) => void;

/** The same of an open file of JSON lines. */
export async function readContent(file: ByteSource, onRow?: OnRow<RowReader>): Promise<JournalContent> {
  const collector = new Collector(onRow);
  await readJsonRows(file, collector.visit);
  return collector.content();
}

/** The same of an open CSV file. */
export async function readTable(
  file: ByteSource,
  columns: readonly string[],
  onRow?: OnRow<FoundRow>,
): Promise<JournalContent> {
  const collector = new Collector(onRow);
  const { readCsvRows } = await import('./read-csv-rows.ts');
  const otherColumns = await readCsvRows(file, columns, collector.visit);
  const content = collector.content();
  const { hasHeader, rows, damaged, foreignLine } = content;
  const isForeign = !hasHeader && otherColumns === undefined && rows.size === 0 && damaged.length > 0;
  return { ...content, otherColumns, foreignLine: isForeign ? 1 : foreignLine };
}

class Collector<Row extends FoundRow> {
  readonly #rows = new RowTable();
  readonly #makers = new Makers();
  readonly #spent = new Spending();
  readonly #damaged: DamagedLine[] = [];
  readonly #onRow: OnRow<Row> | undefined;
  #tail: Tail = 'ended';
  #bytes = 0;
  #wholeBytes = 0;
  #lines = 0;
  #foreignLine: number | undefined;
  #header: 'header' | 'crlf' | undefined;

  constructor(onRow: OnRow<Row> | undefined) {
    this.#onRow = onRow;
  }

  readonly visit = ({ kind, line, offset, end, isEnded }: RowPlace, row: Row): void => {
    this.#bytes = end;
    this.#lines = line;
    if (!isEnded) this.#tail = kind === 'damaged' ? 'torn' : 'unended';
    if (this.#tail !== 'torn') this.#wholeBytes = end;
    if (kind === 'row') {
      this.#rows.add(row.key, row.content, offset, this.#makers.number(row), row.isGood);
      this.#spent.add(row);
      this.#onRow?.(row, this.#rows, line);
    } else if (kind === 'foreign') this.#foreignLine ??= line;
    else if (kind !== 'damaged') this.#header = kind;
    else if (isEnded) this.#damaged.push({ line, offset });
  };

  content(): JournalContent {
    return {
      ...{ rows: this.#rows, damaged: this.#damaged, foreignLine: this.#foreignLine },
      ...{ tail: this.#tail, wholeBytes: this.#wholeBytes, bytes: this.#bytes, lines: this.#lines },
      packedEnd: 'whole',
      ...{ hasHeader: this.#header !== undefined, hasCrLf: this.#header === 'crlf', otherColumns: undefined },
      makers: this.#makers.names,
      spent: this.#spent.total(),
    };
  }
}

/** Numbers the settings. Most rows were made by the same as the one before. */
class Makers {
  readonly names: string[] = [];
  #lastName: Buffer = Buffer.alloc(0);
  #last = 0;

  number(row: FoundRow): number {
    if (row.isMadeBy(this.#lastName)) return this.#last;
    const name = row.madeBy;
    this.#lastName = Buffer.from(name, 'latin1');
    this.#last = this.names.indexOf(name);
    if (this.#last === -1) this.#last = Math.min(this.names.push(name) - 1, MOST_MAKERS);
    return this.#last;
  }
}

const USAGE = /^\{(?:"input_tokens":(\d+))?,?(?:"output_tokens":(\d+))?/;

class Spending {
  #inputTokens = 0;
  #outputTokens = 0;
  readonly #cost = new UsdSum();

  add(row: FoundRow): void {
    const usage = USAGE.exec(row.usage ?? '');
    this.#inputTokens += Number(usage?.[1] ?? 0);
    this.#outputTokens += Number(usage?.[2] ?? 0);
    this.#cost.add(row.costUsd ?? 0);
  }

  total(): Spent {
    return {
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      costUsd: this.#cost.usd,
    };
  }
}
