import { AppError } from '../core/errors.ts';
import type { Source } from '../core/record.ts';

/** Broken records that are named; the rest is counted. */
const SHOWN = 5;

/**
 * Reads all of the input once, before anything is sent. Throws `broken_input` naming the first broken records
 * where there are any. Only files can be read twice.
 */
export async function refuseBrokenInput(source: Source): Promise<void> {
  if (source.totalBytes === undefined) {
    throw new AppError('usage', '--strict needs files as inputs: a pipe cannot be read twice');
  }
  const shown: string[] = [];
  let broken = 0;
  for await (const row of source.rows(new AbortController().signal)) {
    if (row.ok) continue;
    broken += 1;
    const { at, error } = row.broken;
    if (shown.length < SHOWN) shown.push(`${at.file}:${at.line} ${error.message} (${error.code})`);
  }
  if (broken === 0) return;
  const more = broken > shown.length ? `; and ${broken - shown.length} more` : '';
  throw new AppError('broken_input', `--strict: ${broken} broken records: ${shown.join('; ')}${more}`);
}
