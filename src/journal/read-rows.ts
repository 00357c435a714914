import { OWN_COLUMNS, type RowPlace, type VisitRow } from './found-row.ts';
import { type ByteSource, readLines } from './read-lines.ts';
import { RowReader } from './row-reader.ts';

/** A line of column names is not longer. */
const LONGEST_HEADER = 16 * 1024;

/**
 * Reads a journal row by row: JSON lines, or CSV with these columns. The last row is visited even if it is not ended;
 * what is damaged, line by line. Resolves to the columns that CSV of ours has instead of these.
 */
export async function readRows(
  file: ByteSource,
  columns: readonly string[] | undefined,
  visit: VisitRow,
): Promise<readonly string[] | undefined> {
  if (columns !== undefined) return (await import('./read-csv-rows.ts')).readCsvRows(file, columns, visit);
  await readJsonRows(file, visit);
  return undefined;
}

/** The same of JSON lines. */
export async function readJsonRows(
  file: ByteSource,
  visit: (place: RowPlace, row: RowReader) => void,
): Promise<void> {
  const reader = new RowReader();
  let lines = 0;
  await readLines(file, ({ bytes, from, to, offset, isUtf8, isEnded }) => {
    lines += 1;
    let kind = isUtf8 ? reader.read(bytes, from, to) : 'damaged';
    if (lines === 1 && kind === 'damaged' && namesOwnColumns(bytes, from, to)) kind = 'foreign';
    const end = offset + to - from + (isEnded ? 1 : 0);
    visit({ kind, line: lines, offset, end, isEnded, bytes, from, to }, reader);
  });
}

/** Whether a line that is no JSON begins a table of results. */
function namesOwnColumns(bytes: Buffer, from: number, to: number): boolean {
  const line = bytes.toString('latin1', from, Math.min(to, from + LONGEST_HEADER)).trimEnd();
  const names = line.split(',');
  return OWN_COLUMNS.every((name) => names.includes(name) || names.includes(`"${name}"`));
}
