import { findProvider } from '../catalog/find-provider.ts';
import { endpointKey } from '../config/endpoint-key.ts';
import type { Env } from '../config/env-file.ts';
import type { Endpoint } from '../config/resolve-endpoint.ts';
import { findKey } from '../config/resolve-key.ts';
import type { RunOptions } from '../config/run-options.ts';
import { type Check, ok, skipped } from './check.ts';
import { placeOf } from './describe-settings.ts';

/** A shorter key would be given away by its end. */
const LONG_ENOUGH = 20;

export interface KeyParts {
  readonly options: RunOptions;
  readonly endpoint: Endpoint;
  readonly env: Env;
  readonly cwd: string;
  readonly envFile: string;
  /** The environment without what the file adds. */
  readonly real: Env;
}

/** Which key would be sent, by its end or its length; not whether it is a good one. */
export function checkKey({ options, endpoint, env, cwd, envFile, real }: KeyParts): Check {
  const { provider, baseUrl } = endpoint;
  const entry = findProvider(provider);
  if (entry?.wire === 'local') return skipped('key', 'none is needed');
  const found =
    entry === undefined || baseUrl === undefined
      ? findKey(options, env, cwd, [])
      : endpointKey(options, entry, new URL(baseUrl), env, cwd);
  if (found !== undefined) {
    return ok('key', `${placeOf(found.from, envFile, real)}: ${masked(found.key)}`);
  }
  if (entry?.wire === 'bedrock' && env.AWS_ACCESS_KEY_ID) {
    return ok('key', `${placeOf('AWS_ACCESS_KEY_ID', envFile, real)}: ${masked(env.AWS_ACCESS_KEY_ID)}`);
  }
  return { name: 'key', status: 'note', text: endpoint.notice ?? 'none is configured, and none is sent' };
}

function masked(key: string): string {
  const length = `${key.length} characters`;
  return key.length < LONG_ENOUGH ? length : `${length}, the last four are ${key.slice(-4)}`;
}
