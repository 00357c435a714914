import manifest from '../../package.json' with { type: 'json' };
import type { AnswerCache } from '../cache/answer-cache.ts';
import { wireOf } from '../catalog/find-provider.ts';
import type { RunOptions } from '../config/run-options.ts';
import { type AppError, toAppError } from '../core/errors.ts';
import type { ReuseParts } from '../engine/build-complete.ts';
import { type KeyOf, requestKey } from '../engine/complete/request-key.ts';
import type { RowSettings } from './row-settings.ts';

/** How the answers of a run are used again, with the cache opened. */
export interface Reuse extends ReuseParts {
  /** Calls `listener` with what is wrong with the cache, now or later; at most once. */
  onTrouble(listener: (text: string) => void): void;
  /** Writes the last answers to the cache. Once is enough, twice is harmless. */
  close(): void;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Opens what `--cache` names. A cache that is damaged or none is told of, and the run goes on without it. Rejects
 * with `usage` where SQLite is not installed or a file is named.
 */
export async function openReuse(
  { dedupe, cache, cacheTtl }: Pick<RunOptions, 'dedupe' | 'cache' | 'cacheTtl'>,
  settings: RowSettings | undefined,
  env: Env,
): Promise<Reuse> {
  const trouble = new Trouble();
  const store = isOn(cache) ? await open(cache, cacheTtl, env, trouble) : undefined;
  let closed = false;
  return {
    ...{ keyOf: keyOf(settings), dedupe, store },
    onTrouble: (listener) => trouble.listen(listener),
    close: () => {
      if (!closed) store?.close();
      closed = true;
    },
  };
}

/**
 * The keys of the requests of a run. Of a provider that is not described here (the caller's own) every field of the
 * record may count.
 */
export function keyOf(made: RowSettings | undefined): KeyOf {
  if (made === undefined) return requestKey({ identity: '', document: { fields: 'all' } });
  const { settings, usedFields } = made;
  const { provider } = settings;
  const wire = wireOf(String(provider));
  return requestKey({
    // What summarises here may do so otherwise in another version.
    identity: JSON.stringify(provider === 'local' ? { ...settings, version: manifest.version } : settings),
    document: wire === 'http' || wire === 'local' || wire === 'own' ? { fields: usedFields } : undefined,
  });
}

function isOn(cache: string | undefined): cache is string {
  return cache !== undefined && cache !== 'off';
}

async function open(
  cache: string,
  ttlMs: number | undefined,
  env: Env,
  trouble: Trouble,
): Promise<AnswerCache | undefined> {
  const { openCache } = await import('../cache/open-cache.ts');
  const { cacheFolder } = await import('../cache/cache-folder.ts');
  const onTrouble = (error: AppError): void => trouble.tell(error);
  try {
    return await openCache(cacheFolder(cache, env), { ttlMs, epochMs: Date.now, onTrouble });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'usage') throw error;
    trouble.tell(error);
    return undefined;
  }
}

/** What may be wrong before anyone listens. */
class Trouble {
  #text: string | undefined;
  #listener: ((text: string) => void) | undefined;

  tell({ message, hint }: AppError): void {
    this.#text = `going on without the cache: ${message}${hint === undefined ? '' : `\nhint: ${hint}`}`;
    this.#listener?.(this.#text);
  }

  listen(listener: (text: string) => void): void {
    this.#listener = listener;
    if (this.#text !== undefined) listener(this.#text);
  }
}
