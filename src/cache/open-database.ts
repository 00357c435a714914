import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { AppError } from '../core/errors.ts';
import { loadSqlite, sqliteCode } from './load-sqlite.ts';

/** "gist" in ASCII: how a cache is told from other SQLite files (`PRAGMA application_id`). */
const APPLICATION_ID = 0x67_69_73_74;
/** Of the table below; another one is another version's. */
const SCHEMA_VERSION = 1;
/** Another process that opens the file or cleans it up is waited for so long, in ms. */
const OPEN_WAIT_MS = 5000;

const SCHEMA = `
  CREATE TABLE answers (
    key TEXT PRIMARY KEY,
    made_ms INTEGER NOT NULL,
    text TEXT NOT NULL,
    finish_raw TEXT,
    model TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export interface OpenDatabase {
  readonly db: Database;
  readonly file: string;
}

/** Where the cache of a folder stands. */
function cacheFile(folder: string): string {
  return join(folder, 'cache.db');
}

/**
 * Opens the cache in a folder, making both where they are missing. Rejects with `cache_unusable` for a file that is
 * damaged or something else, with `usage` where SQLite is not installed or `folder` is a file.
 */
export async function openDatabase(folder: string): Promise<OpenDatabase> {
  const Sqlite = await loadSqlite();
  const file = cacheFile(folder);
  if ((await stat(folder).catch(() => undefined))?.isFile()) throw isAFile(folder);
  let db: Database | undefined;
  try {
    // Answers may be private.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    db = new Sqlite(file, { timeout: OPEN_WAIT_MS });
    prepare(db, file);
    return { db, file };
  } catch (error) {
    db?.close();
    throw unusable(file, error);
  }
}

function prepare(db: Database, file: string): void {
  // Gives freed pages back; has to be set before there is a table.
  db.pragma('auto_vacuum = INCREMENTAL');
  db.transaction(() => {
    const id = db.pragma('application_id', { simple: true });
    const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
    if (id === 0 && tables === 0) db.exec(SCHEMA);
    else if (id !== APPLICATION_ID) throw new AppError('cache_unusable', `${file} is no cache of gistmill`);
    const version = db.pragma('user_version', { simple: true });
    if (version !== SCHEMA_VERSION) {
      throw new AppError('cache_unusable', `${file} is the cache of another version of gistmill`);
    }
  }).immediate();
  // Readers and a writer at once. What a power cut may take is the last answers, not the file.
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
}

/** Any failure of SQLite or of the disk, as one that tells what to do about the file. */
export function unusable(file: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = sqliteCode(cause);
  const damaged = code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB');
  const reason = cause instanceof Error ? cause.message : String(cause);
  return damaged
    ? new AppError('cache_unusable', `${file} is damaged or no cache (${reason})`, {
        hint: `move it away to begin a new one: mv '${file}' '${file}.bad'`,
        cause,
      })
    : new AppError('cache_unusable', `${file} cannot be used (${reason})`, { cause });
}

function isAFile(folder: string): AppError {
  return new AppError('usage', `--cache: ${folder} is a file, and a cache is a folder`, {
    hint: 'for the usual place write --cache after the inputs, or --cache=auto',
  });
}
