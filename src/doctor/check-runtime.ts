import { loadSqlite } from '../cache/load-sqlite.ts';
import { type Check, ok } from './check.ts';

/** `needed` is the range of the package, such as `>=20.19`. */
export function checkNode(version: string, needed: string): Check {
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(needed) ?? []).map(Number);
  const [, ownMajor = 0, ownMinor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const isNewEnough = ownMajor > major || (ownMajor === major && ownMinor >= minor);
  if (isNewEnough) return ok('node', `Node.js ${version}`);
  return {
    ...{ name: 'node', status: 'failed', exitCode: 2 },
    text: `Node.js ${version} is too old: gistmill needs ${needed}`,
  };
}

/** Loads it and opens a database in memory. Only the cache needs it, so it may be missing where that is off. */
export async function checkSqlite(isNeeded: boolean): Promise<Check> {
  try {
    const Database = await loadSqlite();
    const database = new Database(':memory:');
    const { version } = database.prepare('select sqlite_version() as version').get() as { version: string };
    database.close();
    return ok('sqlite', `better-sqlite3 loads (SQLite ${version}): --cache can be used`);
  } catch (error) {
    const { cause, message } = error as Error;
    const reason = (cause instanceof Error ? cause.message : message).split('\n')[0];
    return {
      ...{ name: 'sqlite', status: isNeeded ? 'warning' : 'note' },
      text: `better-sqlite3 does not load, so there is no --cache: ${reason}`,
      hint: 'npm install better-sqlite3 (with -g where gistmill was installed so)',
    };
  }
}
