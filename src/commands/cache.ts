import { cacheFolder } from '../cache/cache-folder.ts';
import { type CacheStats, cacheStats, pruneCache } from '../cache/maintain.ts';
import { openDatabase, unusable } from '../cache/open-database.ts';
import { loadRunOptions } from '../config/load-config.ts';
import { AppError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { JsonObject } from '../core/json.ts';
import type { Io } from './io.ts';

/** `gistmill cache stats|prune|clear`: looks after the cache that `--cache` names, else the one in the usual place. */
export async function cacheCommand(
  action: string,
  flags: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<number> {
  const { options, env } = await loadRunOptions({ flags, env: io.env, cwd: io.cwd });
  const named = options.cache === undefined || options.cache === 'off' ? 'auto' : options.cache;
  if (action === 'prune' && options.cacheTtl === undefined) throw ageMissing();
  const open = await openDatabase(cacheFolder(named, env));
  try {
    const told = action === 'stats' ? stats(cacheStats(open)) : taken(removeFrom());
    io.stdout.write(flags.json === true ? `${JSON.stringify(told.json)}\n` : told.text);
    return EXIT.done;
  } catch (error) {
    throw unusable(open.file, error);
  } finally {
    open.db.close();
  }

  function removeFrom(): number {
    const ageMs = action === 'clear' ? undefined : options.cacheTtl;
    return pruneCache(open, ageMs === undefined ? Number.MAX_SAFE_INTEGER : Date.now() - ageMs);
  }
}

interface Told {
  readonly text: string;
  readonly json: JsonObject;
}

function taken(answers: number): Told {
  return {
    text: `${answers} ${answers === 1 ? 'answer' : 'answers'} taken out\n`,
    json: { removed: answers },
  };
}

function stats({ file, answers, bytes, oldestMs, newestMs, tokens, models }: CacheStats): Told {
  const [oldest, newest] = [oldestMs, newestMs].map((ms) =>
    ms === undefined ? null : new Date(ms).toISOString(),
  );
  const rows = [
    ['file', file],
    ['answers', String(answers)],
    ['size', `${bytes} bytes`],
    ['oldest', oldest ?? '-'],
    ['newest', newest ?? '-'],
    ['tokens', `${tokens.input} in, ${tokens.output} out`],
    ...models.map((of) => ['model', `${of.model ?? 'not named'}: ${of.answers}`]),
  ];
  return {
    text: rows.map(([name, value]) => `${name?.padEnd(8)} ${value}\n`).join(''),
    json: { file, answers, bytes, oldest: oldest ?? null, newest: newest ?? null, tokens, models },
  };
}

function ageMissing(): AppError {
  return new AppError('usage', 'cache prune: how old may an answer be?', {
    hint: 'write --cache-ttl 30d; everything goes with gistmill cache clear',
  });
}
