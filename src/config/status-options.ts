import type { OptionSpec } from './option-spec.ts';

const STATUS = 'Status';

/**
 * The options that `gistmill status` has besides those of the run that decide on keys and hashes. Only flags: they
 * belong to one look at a file.
 */
export const STATUS_OPTIONS = [
  { key: 'input', kind: 'list', placeholder: 'files...', group: STATUS, help: 'what the results are of, to tell what is missing, stale or unexpected; - is stdin' },
  { key: 'json', kind: 'flag', default: false, group: STATUS, help: 'print one JSON object' },
] as const satisfies readonly OptionSpec[];
