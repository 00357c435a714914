import { appendFile, copyFile, open, truncate } from 'node:fs/promises';
import { LineCutter } from './line-cutter.ts';
import type { Packing } from './packing.ts';
import type { JournalPaths } from './paths.ts';
import type { DamagedLine, JournalContent } from './read-journal.ts';
import { type KeptLine, rewriteLines } from './rewrite-lines.ts';
import { rewritePacked } from './rewrite-packed.ts';
import type { RowTable } from './row-table.ts';

export interface RepairOptions {
  /** Whether failed rows stay until they are replaced. */
  readonly keepFailed?: boolean;
  /** What CSV begins with. */
  readonly header?: string | undefined;
  /** Where the journal is compressed. */
  readonly packing?: Packing | undefined;
}

/**
 * Makes a journal fit to be appended to: without a torn end, without damaged lines (moved to a file of their own),
 * without failed rows (they are tried again; `keepFailed` leaves them until then) and rows that a later one has replaced,
 * and with the `header` that CSV begins with. Nothing is touched that need not be. Resolves to the size of the file; rejects with what the file system says.
 */
export async function repairJournal(
  paths: JournalPaths,
  content: JournalContent,
  { keepFailed = false, header, packing }: RepairOptions,
): Promise<number> {
  const { rows, damaged, tail, wholeBytes, bytes, hasHeader, hasCrLf, packedEnd } = content;
  const dropped = dropRows(rows, keepFailed);
  const needsHeader = header !== undefined && (!hasHeader || hasCrLf);
  const isAnew = damaged.length > 0 || dropped > 0 || needsHeader;
  if (packing !== undefined) {
    if (!isAnew && tail === 'ended' && packedEnd === 'whole') return bytes;
    return rewritePacked(paths, packing, standing(rows), header, async (_size, unpacked) => {
      if (packedEnd === 'spoilt') await copyFile(paths.file, paths.damaged);
      else if (damaged.length > 0) await keepDamaged(unpacked, paths.damaged, damaged);
    });
  }
  if (isAnew) {
    if (damaged.length > 0) await keepDamaged(paths.file, paths.damaged, damaged);
    return rewriteLines(paths.file, paths.temporary, standing(rows), header);
  }
  if (tail === 'torn') await truncate(paths.file, wholeBytes);
  if (tail === 'unended') await appendFile(paths.file, '\n');
  return tail === 'unended' ? bytes + 1 : wholeBytes;
}

/** Drops the failed rows where they are not kept. Returns how many rows are dropped now, by this or by a later row. */
function dropRows(rows: RowTable, keepFailed: boolean): number {
  let dropped = 0;
  for (let row = 0; row < rows.size; row++) {
    if (!keepFailed && !rows.isGood(row)) rows.drop(row);
    if (rows.isDropped(row)) dropped += 1;
  }
  return dropped;
}

/** The rows that count, in order of the file. Each learns its new place. */
export function* standing(rows: RowTable, isWanted = (_row: number) => true): Generator<KeptLine> {
  for (let row = 0; row < rows.size; row++) {
    if (rows.isDropped(row) || !isWanted(row)) continue;
    yield { offset: rows.offset(row), moved: (offset) => rows.move(row, offset) };
  }
}

async function keepDamaged(file: string, damaged: string, lines: readonly DamagedLine[]): Promise<void> {
  const from = await open(file, 'r');
  try {
    const to = await open(damaged, 'a');
    try {
      const cutter = new LineCutter(from);
      for (const { offset } of lines) await to.appendFile(await cutter.cut(offset));
      await to.sync();
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}
