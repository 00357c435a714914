import { AppError } from '../core/errors.ts';

export type Sqlite = typeof import('better-sqlite3');

/** It is compiled on installation, so it is optional. Rejects with `usage` where it is not there. */
export async function loadSqlite(): Promise<Sqlite> {
  try {
    return (await import('better-sqlite3')).default;
  } catch (cause) {
    throw new AppError('usage', 'the cache needs the package better-sqlite3, which is not installed', {
      hint: 'npm install better-sqlite3 (with -g where gistmill was installed so), or go without --cache',
      cause,
    });
  }
}

/** SQLite's own name for what went wrong, such as `SQLITE_BUSY`; extended names begin with it. */
export function sqliteCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
