import type { BrokenRecord, InputRecord, InputRow, Source } from '../core/record.ts';
import { type Folded, foldText } from '../journal/fold.ts';
import { contentOf, Identifier } from '../journal/identify.ts';
import { FirstFew } from './first-few.ts';
import type { Maker } from './makers.ts';
import type { Results } from './read-results.ts';
import type { Status } from './status-schema.ts';

type Place = Status['first']['missing'][number];

/** What has become of the records. */
export class Counts {
  total = 0;
  ok = 0;
  truncated = 0;
  failed = 0;
  readonly failedByCode = new Map<string, number>();
  readonly missing = new FirstFew<Place>();
  readonly stale = new FirstFew<Place>();
  /** By their lines. */
  readonly unexpected = new FirstFew<number>();
  readonly #facts: Results['facts'];

  constructor(facts: Results['facts']) {
    this.#facts = facts;
  }

  addOk(row: number): void {
    this.ok += 1;
    if (this.#facts.isTruncated(row)) this.truncated += 1;
  }

  addFailed(row: number): void {
    const code = this.#facts.errorCode(row);
    this.failed += 1;
    this.failedByCode.set(code, (this.failedByCode.get(code) ?? 0) + 1);
  }
}

/** What the rows tell by themselves. */
export function countRows({ rows, facts }: Results): Counts {
  const counts = new Counts(facts);
  for (let row = 0; row < rows.size; row++) {
    if (rows.isDropped(row)) continue;
    if (rows.isGood(row)) counts.addOk(row);
    else counts.addFailed(row);
  }
  return counts;
}

/** What the rows tell of the records of an input, known by the keys and hashes by which a run would know them. */
export async function compare(source: Source, results: Results, makers: readonly Maker[]): Promise<Counts> {
  const { rows, facts } = results;
  const counts = new Counts(facts);
  const comparer = new Comparer(results, makers, counts);
  for await (const row of source.rows(new AbortController().signal)) comparer.take(row);
  for (let row = 0; row < rows.size; row++) {
    if (!rows.isDropped(row) && !rows.isSeen(row)) counts.unexpected.add(facts.line(row));
  }
  return counts;
}

class Comparer {
  readonly #results: Results;
  readonly #makers: readonly Maker[];
  readonly #counts: Counts;
  /** Of the settings used last, which most likely made most of the rows. */
  readonly #usedFields: readonly string[];
  readonly #identifier: Identifier;
  readonly #folded: Folded = { high: 0, low: 0 };

  constructor(results: Results, makers: readonly Maker[], counts: Counts) {
    this.#results = results;
    this.#makers = makers;
    this.#counts = counts;
    this.#usedFields = makers.at(-1)?.usedFields ?? [];
    this.#identifier = new Identifier(this.#usedFields);
  }

  take(plain: InputRow): void {
    const { rows } = this.#results;
    const identified = this.#identifier.identify(plain);
    const record = identified.ok ? identified.record : identified.broken;
    this.#counts.total += 1;
    foldText(record.key ?? '', this.#folded);
    const row = rows.find(this.#folded);
    if (row === undefined) {
      this.#counts.missing.add(placeOf(record));
      return;
    }
    rows.see(row);
    if (!rows.isGood(row)) this.#counts.addFailed(row);
    else if (this.#isCurrent(row, record)) this.#counts.addOk(row);
    else this.#counts.stale.add(placeOf(record));
  }

  #isCurrent(row: number, record: InputRecord | BrokenRecord): boolean {
    const { rows } = this.#results;
    const usedFields = this.#makers[rows.maker(row)]?.usedFields ?? [];
    const isUsual = String(usedFields) === String(this.#usedFields) || !('text' in record);
    foldText(isUsual ? (record.contentHash ?? '') : contentOf(record, usedFields), this.#folded);
    return rows.hasContent(row, this.#folded);
  }
}

function placeOf({ id, at }: InputRecord | BrokenRecord): Place {
  return { id, file: at.file, line: at.line };
}
