import { AppError } from '../core/errors.ts';
import { differences } from './compare-settings.ts';
import type { Manifest, Settings } from './manifest.ts';
import type { JournalContent } from './read-journal.ts';

const CHOICES =
  '--on-change redo does them again, --on-change keep leaves them as they are, --fresh moves the file away and starts anew';

/** Throws `usage` for a file that is no journal: it is not ours to change. */
export function refuseForeign(name: string, content: JournalContent, manifest: Manifest): void {
  const { foreignLine, bytes, packedEnd, rows, hasHeader } = content;
  const isBlank =
    (bytes > 0 || packedEnd !== 'whole') && rows.size === 0 && manifest.size === 0 && !hasHeader;
  if (foreignLine === undefined && !isBlank) return;
  const reason =
    foreignLine === undefined
      ? 'it holds no results'
      : `line ${foreignLine} is no result of gistmill's in this --format`;
  throw new AppError('usage', `${name}: it exists and is not empty, and ${reason}`, {
    hint: 'it is left as it is: name another file; --fresh would move this one away',
  });
}

/** Throws `usage`, naming what differs, for CSV of ours with other columns: rows cannot be added to it. */
export function refuseOtherColumns(
  name: string,
  { otherColumns }: JournalContent,
  columns: readonly string[],
): void {
  if (otherColumns === undefined) return;
  const missing = columns.filter((column) => !otherColumns.includes(column));
  const further = otherColumns.filter((column) => !columns.includes(column));
  const reasons = [
    missing.length > 0 ? `it lacks ${missing.join(', ')}` : '',
    further.length > 0 ? `it also has ${further.join(', ')}` : '',
  ].filter((reason) => reason !== '');
  const what = reasons.length === 0 ? 'they stand in another order' : reasons.join('; ');
  throw new AppError('usage', `${name}: its columns are not those of this run: ${what}`, {
    hint: 'give the same --keep as before, or name another file; --fresh moves this one away and starts anew',
  });
}

/** Throws `settings_changed`, naming what differs, where good rows were made by other settings than these. */
export function refuseOtherSettings(
  name: string,
  { rows, makers }: JournalContent,
  manifest: Manifest,
  own: { readonly name: string; readonly settings: Settings },
): void {
  const counts = new Map<number, number>();
  for (let row = 0; row < rows.size; row++) {
    if (!rows.isGood(row) || rows.isDropped(row)) continue;
    counts.set(rows.maker(row), (counts.get(rows.maker(row)) ?? 0) + 1);
  }
  for (const [maker, count] of counts) {
    const other = makers[maker];
    if (other === own.name) continue;
    const before = other === undefined ? undefined : manifest.get(other);
    const what =
      before === undefined
        ? 'of which nothing is known any more'
        : differences(before, own.settings).join('; ');
    throw new AppError(
      'settings_changed',
      `${name} holds ${count} ${count === 1 ? 'result' : 'results'} made with other settings: ${what}`,
      { hint: CHOICES },
    );
  }
}

/** A text that has changed under its id. */
export function textChanged(
  name: string,
  record: { id: string; at: { file: string; line: number } },
): AppError {
  const { id, at } = record;
  const message = `${at.file}:${at.line}: the text of record "${id}" is not the one of which its result in ${name} was made`;
  return new AppError('text_changed', message, { hint: CHOICES });
}
