import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { UsdSum } from '../core/money.ts';
import type { Line } from './read-lines.ts';
import { readLines } from './read-lines.ts';
import { RowReader } from './row-reader.ts';
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
  /** The first line that is JSON but no row of ours. */
  readonly foreignLine: number | undefined;
  readonly spent: Spent;
}

/** Settings beyond these share one number: a journal has a handful. */
const MOST_MAKERS = 65_535;

/** Reads all of a journal. Rejects with what the file system says. */
export async function readJournal(path: string): Promise<JournalContent> {
  const file = await open(path, constants.O_RDONLY);
  try {
    return await readContent(file);
  } finally {
    await file.close();
  }
}

async function readContent(file: FileHandle): Promise<JournalContent> {
  const rows = new RowTable();
  const makers = new Makers();
  const spent = new Spending();
  const reader = new RowReader();
  const damaged: DamagedLine[] = [];
  let tail: Tail = 'ended';
  let [lines, bytes, wholeBytes] = [0, 0, 0];
  let foreignLine: number | undefined;

  const visit = ({ bytes: block, from, to, offset, isUtf8, isEnded }: Line): void => {
    lines += 1;
    bytes = offset + to - from + (isEnded ? 1 : 0);
    const kind = isUtf8 ? reader.read(block, from, to) : 'damaged';
    const isTail = !isEnded;
    if (isTail) tail = kind === 'damaged' ? 'torn' : 'unended';
    if (tail !== 'torn') wholeBytes = bytes;
    if (kind === 'foreign') foreignLine ??= lines;
    else if (kind === 'row') {
      rows.add(reader.key, reader.content, offset, makers.number(reader), reader.isGood);
      spent.add(reader);
    } else if (!isTail) damaged.push({ line: lines, offset });
  };
  await readLines(file, visit);
  return {
    ...{ rows, damaged, tail, wholeBytes, bytes, foreignLine },
    makers: makers.names,
    spent: spent.total(),
  };
}

/** Numbers the settings. Most rows were made by the same as the one before. */
class Makers {
  readonly names: string[] = [];
  #lastName: Buffer = Buffer.alloc(0);
  #last = 0;

  number(row: RowReader): number {
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

  add(row: RowReader): void {
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
