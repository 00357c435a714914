import { statSync } from 'node:fs';
import { refuseForeign, refuseOtherColumns, refuseOtherSettings } from './check-content.ts';
import { nameOf } from './compare-settings.ts';
import type { JournalOptions } from './journal.ts';
import { type Manifest, readManifest, type Settings } from './manifest.ts';
import { type JournalPaths, pathsOf } from './paths.ts';
import { type JournalContent, readJournal } from './read-journal.ts';
import { RowTable } from './row-table.ts';

/** A journal that a run with these options may go on with. */
export interface CheckedJournal {
  readonly paths: JournalPaths;
  readonly content: JournalContent;
  readonly manifest: Manifest;
  /** The settings of the run, and their name. */
  readonly own: { readonly name: string; readonly settings: Settings };
}

const NOTHING: JournalContent = {
  ...{ rows: new RowTable(), makers: [], damaged: [], foreignLine: undefined },
  ...{
    tail: 'ended',
    wholeBytes: 0,
    bytes: 0,
    lines: 0,
    packedEnd: 'whole',
    hasHeader: false,
    hasCrLf: false,
    otherColumns: undefined,
  },
  spent: { inputTokens: 0, outputTokens: 0, costUsd: 0 },
};

/**
 * Reads what earlier runs have left in a file, if there is one, and changes nothing. Throws `usage` for a file that is
 * none of ours and `settings_changed` where that is to be refused; else what the file system says.
 */
export async function readChecked(options: JournalOptions): Promise<CheckedJournal> {
  const paths = pathsOf(options.path);
  const { table, name, packing } = options;
  const isEmpty = (statSync(paths.file, { throwIfNoEntry: false })?.size ?? 0) === 0;
  const content = isEmpty ? NOTHING : await readJournal(paths.file, table?.columns, packing);
  const manifest = await readManifest(paths.manifest);
  const own = { name: nameOf(options.settings), settings: options.settings };
  if (table !== undefined) refuseOtherColumns(name, content, table.columns);
  refuseForeign(name, content, manifest);
  if (options.onChange === 'refuse') refuseOtherSettings(name, content, manifest, own);
  return { paths, content, manifest, own };
}
