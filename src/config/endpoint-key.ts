import type { CatalogEntry } from '../catalog/entry.ts';
import { isAtHome, providerAt } from '../catalog/find-provider.ts';
import { AppError } from '../core/errors.ts';
import type { Env } from './env-file.ts';
import { parseUrl } from './parse-url.ts';
import { type FoundKey, findKey } from './resolve-key.ts';
import type { RunOptions } from './run-options.ts';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

type KeyOptions = Pick<RunOptions, 'apiKeyFile' | 'apiKeyEnv'>;

/**
 * The key for the endpoint of a provider at `url`. A variable that is a provider's own goes to that provider's own
 * hosts, or to where its URL variable (`OPENAI_BASE_URL`) says that its stand-in is; to any other only where
 * `--api-key-env` names it. Throws as `findKey` does.
 */
export function endpointKey(
  options: KeyOptions,
  entry: CatalogEntry,
  url: URL,
  env: Env,
  cwd: string,
): FoundKey | undefined {
  return findKey(options, env, cwd, keyVariables(entry, url, env));
}

function keyVariables(entry: CatalogEntry, url: URL, env: Env): readonly string[] {
  const home = isAtHome(entry, url) ? entry : providerAt(url);
  if (home !== undefined) return home.keyVariables;
  const standIn = entry.urlVariable === undefined ? undefined : env[entry.urlVariable];
  const isStandIn = standIn && url.origin === parseUrl(entry.urlVariable ?? '', standIn).origin;
  return isStandIn ? entry.keyVariables : [];
}

/** The error where a provider that needs a key would be asked without; undefined elsewhere. */
export function missingKey(entry: CatalogEntry, url: URL, env: Env): AppError | undefined {
  const secure = new URL(url);
  secure.protocol = 'https:';
  const home = isAtHome(entry, secure) ? entry : providerAt(secure);
  if (!home?.needsKey) return undefined;
  if (home.wire === 'bedrock' && env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) return undefined;
  const names = home.wire === 'bedrock' ? 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ' : '';
  return new AppError('missing_key', `${url.host} needs a key, and none is configured`, {
    hint:
      `set ${names}${home.keyVariables.join(' or ')} or GISTMILL_API_KEY (the environment or .env), ` +
      'or name a file: --api-key-file FILE',
  });
}

/** Someone who has set a provider's variable would else wonder why another endpoint refuses them. */
export function heldBackKey(entry: CatalogEntry, url: URL, env: Env): string | undefined {
  const name = entry.keyVariables.find((variable) => env[variable]);
  if (name === undefined || LOOPBACK.test(url.hostname)) return undefined;
  return `${name} is not sent to ${url.host}; to send it: --api-key-env ${name}`;
}
