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
export const OTHER_VARIABLES = [
  ['GISTMILL_API_KEY', 'key of the endpoint, whichever it is'],
  [
    'OPENAI_API_KEY',
    'key for api.openai.com, or for the endpoint that OPENAI_BASE_URL names; sent nowhere else',
  ],
  ['OPENAI_BASE_URL', 'base URL where --base-url is not given but --model is'],
  ['GISTMILL_DEBUG', 'set to 1 to see where an unexpected error arose'],
] as const;
