import { statSync } from 'node:fs';
import type { OpenDatabase } from './open-database.ts';

export interface CacheStats {
  readonly file: string;
  readonly answers: number;
  /** Of the file and what SQLite keeps beside it. */
  readonly bytes: number;
  /** Wall-clock ms; missing where there are no answers. */
  readonly oldestMs?: number;
  readonly newestMs?: number;
  /** Tokens that its answers took, as far as the endpoints told. */
  readonly tokens: { readonly input: number; readonly output: number };
  /** Most answers first; the model is null where the endpoint did not name it. */
  readonly models: readonly { readonly model: string | null; readonly answers: number }[];
}

interface Totals {
  readonly answers: number;
  readonly oldest: number | null;
  readonly newest: number | null;
  readonly input: number;
  readonly output: number;
}

export function cacheStats({ db, file }: OpenDatabase): CacheStats {
  const totals = db
    .prepare<[], Totals>(
      `SELECT count(*) answers, min(made_ms) oldest, max(made_ms) newest,
        coalesce(sum(input_tokens), 0) input, coalesce(sum(output_tokens), 0) output FROM answers`,
    )
    .get() as Totals;
  const models = db
    .prepare<[], { model: string | null; answers: number }>(
      'SELECT model, count(*) answers FROM answers GROUP BY model ORDER BY answers DESC, model',
    )
    .all();
  const { answers, oldest, newest, input, output } = totals;
  return {
    ...{ file, answers, tokens: { input, output }, models },
    bytes: ['', '-wal'].reduce((sum, suffix) => sum + sizeOf(file + suffix), 0),
    ...(oldest !== null && { oldestMs: oldest }),
    ...(newest !== null && { newestMs: newest }),
  };
}

/** Takes out the answers made at `untilMs` (wall-clock) or before, gives their room back and returns how many. */
export function pruneCache({ db }: OpenDatabase, untilMs: number): number {
  const { changes } = db.prepare('DELETE FROM answers WHERE made_ms <= ?').run(untilMs);
  db.pragma('incremental_vacuum');
  // As far as other processes that read allow.
  db.pragma('wal_checkpoint(TRUNCATE)');
  return changes;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
