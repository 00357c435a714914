import { AnswerCache, type AnswerCacheOptions } from './answer-cache.ts';
import { openDatabase, unusable } from './open-database.ts';

/** Opens the cache of a run. Rejects as `openDatabase` does. */
export async function openCache(folder: string, options: AnswerCacheOptions): Promise<AnswerCache> {
  const open = await openDatabase(folder);
  try {
    return new AnswerCache(open, options);
  } catch (error) {
    open.db.close();
    throw unusable(open.file, error);
  }
}
