import { statSync } from 'node:fs';
import { appendFile, copyFile, rm, writeFile } from 'node:fs/promises';
import { AppError } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import type { BrokenRecord, InputRecord, Source } from '../core/record.ts';
import { type Folded, foldText } from './fold.ts';
import { GrowingNumbers } from './growing-numbers.ts';
import { type Manifest, type Settings, writeManifest } from './manifest.ts';
import type { Packing } from './packing.ts';
import { PartFile } from './part-file.ts';
import type { JournalPaths } from './paths.ts';
import { readChecked } from './read-checked.ts';
import type { JournalContent, Spent } from './read-journal.ts';
import { repairJournal, standing } from './repair.ts';
import { resumeSource } from './resume-source.ts';
import { type KeptLine, rewriteLines } from './rewrite-lines.ts';
import { rewritePacked } from './rewrite-packed.ts';
import type { RowTable } from './row-table.ts';
import type { Table } from './table.ts';

export type OnChange = 'refuse' | 'redo' | 'keep';

export interface JournalOptions {
  /** Behind all symbolic links. */
  readonly path: string;
  /** As the user knows it, for messages. */
  readonly name: string;
  readonly settings: Settings;
  /** Fields of a record, the text aside, on which its request depends. */
  readonly usedFields: readonly string[];
  /** What becomes of results that were made with other settings or of another text. */
  readonly onChange: OnChange;
  /** Whether only what has failed is done again; its old row then stands until the new one has come. */
  readonly onlyFailed?: boolean | undefined;
  /** Whether the rows are to stand in order of the input at the end. */
  readonly ordered: boolean;
  /** Of CSV. Without it, rows are JSON lines. */
  readonly table?: Table | undefined;
  /** Where it is compressed. Offsets and sizes are then those of what the file holds. */
  readonly packing?: Packing | undefined;
}

/**
 * Reads what earlier runs have left in a file, and makes it fit to be appended to. For the holder of its lock. Throws
 * `usage` for a file that is none of ours and `settings_changed` where that is to be refused, before anything is
 * touched; else what the file system says.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { table, packing, onlyFailed } = options;
  const header = table?.header;
  const { paths, content, manifest, own } = await readChecked(options);
  // The sidecar first: it is what tells a file with nothing but the beginning of a row from one that is not ours.
  await writeManifest(paths.manifest, stillUsed(manifest, content.makers).set(own.name, own.settings));
  // A run that was killed may have left it.
  if (packing !== undefined) await rm(paths.unpacked, { force: true });
  const size =
    content.bytes === 0
      ? await begin(paths, content, header, packing)
      : await repairJournal(paths, content, { keepFailed: onlyFailed === true, header, packing });
  return new Journal(options, paths, content, own.name, size);
}

/** Resolves to the size of the file. */
async function begin(
  { file, unpacked, damaged }: JournalPaths,
  { packedEnd }: JournalContent,
  header = '',
  packing?: Packing,
): Promise<number> {
  if (packedEnd === 'spoilt') await copyFile(file, damaged);
  if (packing === undefined) {
    if (header !== '') await appendFile(file, header);
  } else if (header !== '') {
    await writeFile(unpacked, header);
    await packing.pack(unpacked, file).finally(() => rm(unpacked, { force: true }));
  } else {
    // A compressed file may hold the beginning of nothing.
    await writeFile(file, '');
  }
  return Buffer.byteLength(header);
}

function stillUsed(manifest: Manifest, makers: readonly string[]): Map<string, Settings> {
  return new Map([...manifest].filter(([name]) => makers.includes(name)));
}

/** The results that are there, and those that a run adds. */
export class Journal {
  /** The name under which new rows tell what made them. */
  readonly madeBy: string;
  /** What the rows that were there took, as far as they tell. */
  readonly spent: Spent;
  readonly #options: JournalOptions;
  readonly #paths: JournalPaths;
  readonly #content: JournalContent;
  readonly #rows: RowTable;
  readonly #key: Folded = { high: 0, low: 0 };
  /** Where rows begin: by the index of the record with `ordered`, else those of this run as they were written. */
  readonly #places = new GrowingNumbers();
  /** Whether rows that are there may be replaced by those of this run. */
  readonly #replaces: boolean;
  /** Where the next row will begin. */
  #end: number;
  #replaced = 0;

  constructor(
    options: JournalOptions,
    paths: JournalPaths,
    content: JournalContent,
    madeBy: string,
    size: number,
  ) {
    this.#options = options;
    this.#replaces = options.onChange === 'redo' || options.onlyFailed === true;
    this.#paths = paths;
    this.#content = content;
    this.#rows = content.rows;
    this.madeBy = madeBy;
    this.spent = content.spent;
    this.#end = size;
  }

  /** Tells what was found damaged. */
  announce(emit: Emit): void {
    const { damaged, packedEnd, lines } = this.#content;
    const places = damaged.map(({ line }) => line);
    if (packedEnd === 'spoilt') places.push(lines + 1);
    for (const line of places) {
      emit('damaged', { file: this.#options.name, line, movedTo: this.#paths.damaged });
    }
  }

  /** Answers about parts of the texts that have no row yet. `onTrouble` as `PartFileOptions` has it. */
  openParts(onTrouble: (cause: unknown) => void): Promise<PartFile> {
    const { parts: path } = this.#paths;
    return PartFile.open({
      path,
      temporary: `${path}-tmp`,
      isDone: (record) => this.#isDone(record),
      onTrouble,
    });
  }

  /** Whether the record has a row of success that will not be replaced. */
  #isDone(key: string): boolean {
    if (this.#replaces) return false;
    foldText(key, this.#key);
    const row = this.#rows.find(this.#key);
    return row !== undefined && this.#rows.isGood(row);
  }

  /** The records that are to be done still. `skip` is told the index of each that is done already. */
  source(inner: Source, emit: Emit, skip: (index: number) => void): Source {
    const { onChange, name, usedFields, ordered, onlyFailed } = this.#options;
    return resumeSource({
      ...{ inner, onChange, name, usedFields, emit },
      leaveOut: onlyFailed ? skip : undefined,
      rows: this.#rows,
      maker: this.#content.makers.indexOf(this.madeBy),
      reuse: (index, row) => {
        if (ordered) this.#places.set(index, this.#rows.offset(row));
        skip(index);
      },
    });
  }

  /** A row of so many bytes is on its way to the end of the file. To be called in the order of writing. */
  note(record: InputRecord | BrokenRecord, bytes: number): void {
    const { ordered } = this.#options;
    if (ordered) this.#places.set(record.index, this.#end);
    else if (this.#replaces) this.#places.set(this.#places.length, this.#end);
    this.#end += bytes;
    if (!this.#replaces || this.#rows.size === 0 || record.key === undefined) return;
    foldText(record.key, this.#key);
    const row = this.#rows.find(this.#key);
    if (row === undefined || this.#rows.isDropped(row)) return;
    this.#rows.drop(row);
    this.#replaced += 1;
  }

  /**
   * Brings the file into its last shape: rows that were replaced go, and with `ordered` the rest stands in order of
   * the input, those of records that are not in it any more, or were not come to, at the end.
   */
  async finish(): Promise<void> {
    const isInOrder = !this.#options.ordered || isAscending(this.#places.values());
    if (isInOrder && this.#replaced === 0) return;
    const { table, packing } = this.#options;
    const { file, temporary } = this.#paths;
    const lines = this.#finalLines();
    if (packing === undefined) {
      this.#refuseOthers(statSync(file).size);
      await rewriteLines(file, temporary, lines, table?.header);
    } else {
      await rewritePacked(this.#paths, packing, lines, table?.header, (size) => this.#refuseOthers(size));
    }
  }

  #refuseOthers(size: number): void {
    if (size === this.#end) return;
    const message = `${this.#options.name}: another program has written to it meanwhile`;
    throw new AppError('output_write', message, {
      hint: 'all results are in it; it is not brought into its last order',
    });
  }

  *#finalLines(): Generator<KeptLine> {
    if (this.#options.ordered) {
      yield* placesOf(this.#places);
      yield* standing(this.#rows, (row) => !this.#rows.isSeen(row));
    } else {
      yield* standing(this.#rows);
      yield* placesOf(this.#places);
    }
  }
}

function* placesOf(places: GrowingNumbers): Generator<KeptLine> {
  for (const offset of places.values()) yield { offset };
}

function isAscending(numbers: Iterable<number>): boolean {
  let last = -1;
  for (const number of numbers) {
    if (number < last) return false;
    last = number;
  }
  return true;
}
