import type { CatalogEntry } from '../catalog/entry.ts';
import { PROVIDERS } from '../catalog/providers.ts';

/** `maxRetryWait` → `max-retry-wait`. */
function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `maxRetryWait` → `--max-retry-wait`. */
export function flagName(key: string): string {
  return `--${kebab(key)}`;
}

/** `maxRetryWait` → `GISTMILL_MAX_RETRY_WAIT`, where `prefix` is `GISTMILL_`. */
export function variableName(key: string, prefix: string): string {
  return prefix + kebab(key).replaceAll('-', '_').toUpperCase();
}

/**
 * The options of the main command are `GISTMILL_*`, those of the mock endpoint `GISTMILL_MOCK_*`, those that only the
 * estimate has `GISTMILL_ESTIMATE_*`.
 */
export const RUN_PREFIX = 'GISTMILL_';
export const MOCK_PREFIX = 'GISTMILL_MOCK_';
export const ESTIMATE_PREFIX = 'GISTMILL_ESTIMATE_';

/** Variables that are read but are no options: what they are called and what they do. */
export const OTHER_VARIABLES: readonly (readonly [name: string, meaning: string])[] = [
  ['GISTMILL_API_KEY', 'key of the endpoint, whichever it is'],
  ...keyVariables(),
  ['OPENAI_BASE_URL', 'base URL where --base-url is not given but --model is'],
  ['AZURE_OPENAI_ENDPOINT', 'base URL of --provider azure where --base-url is not given'],
  ['AWS_REGION', 'region of --provider bedrock where --region is not given; AWS_DEFAULT_REGION after it'],
  [
    'AWS_ACCESS_KEY_ID',
    'with AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN where there is one: credentials for bedrock',
  ],
  ['GISTMILL_DEBUG', 'set to 1 to see where an unexpected error arose'],
];

/** The providers' own, each once. */
function keyVariables(): readonly (readonly [string, string])[] {
  const meanings = new Map<string, string>();
  for (const { title, keyVariables, urlVariable } of PROVIDERS as readonly CatalogEntry[]) {
    const who = title.replace(/,.*/, '');
    const standIn = urlVariable === undefined ? '' : `, or for the endpoint that ${urlVariable} names`;
    for (const name of keyVariables) {
      if (!meanings.has(name)) meanings.set(name, `key for ${who} itself${standIn}; sent nowhere else`);
    }
  }
  return [...meanings];
}
