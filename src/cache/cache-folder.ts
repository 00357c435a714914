import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The folder of the cache: `auto` is the user's own, by the XDG Base Directory Specification, which has a relative
 * `XDG_CACHE_HOME` ignored.
 */
export function cacheFolder(named: string, env: Env): string {
  if (named !== 'auto') return named;
  const { XDG_CACHE_HOME: base = '', HOME: home = '' } = env;
  return join(isAbsolute(base) ? base : join(home || homedir(), '.cache'), 'gistmill');
}
