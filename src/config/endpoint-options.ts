import type { OptionSpec } from './option-spec.ts';
import { RUN_OPTIONS } from './run-options.ts';

const OWN = 'Of one of several endpoints';

/** Options of a run that each of several endpoints may have of its own. */
const OF_RUN = [...['provider', 'model', 'baseUrl', 'apiVersion', 'region', 'url', 'body', 'bodyType', 'responsePath'], ...['apiKeyFile', 'apiKeyEnv', 'concurrency', 'maxConcurrency'], ...['rpm', 'tpm', 'inputTpm', 'outputTpm', 'rpd', 'tpd', 'priceIn', 'priceOut']];

/** What `--endpoint` takes. Without defaults: what is not set is taken from the options of the run. */
export const ENDPOINT_OPTIONS: readonly OptionSpec[] = [
  { key: 'name', kind: 'text', group: OWN, help: 'what rows and words call it' },
  { key: 'weight', kind: 'number', min: 0.001, max: 1e6, example: '2', group: OWN, help: 'its share where several have room' },
  { key: 'fallback', kind: 'flag', group: OWN, help: 'asked only where the others refuse a text, or are gone' },
  ...RUN_OPTIONS.filter(({ key }) => OF_RUN.includes(key)).map(withoutDefault),
];

/** Shorter names that are taken as well. */
export const ENDPOINT_ALIASES: Readonly<Record<string, string>> = {
  keyEnv: 'apiKeyEnv',
  keyFile: 'apiKeyFile',
};

function withoutDefault(spec: OptionSpec): OptionSpec {
  const { default: _, defaultText: __, ...rest } = spec;
  return rest;
}
