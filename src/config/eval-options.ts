import type { OptionSpec } from './option-spec.ts';

const EVAL = 'Evaluation';

/** The options of `gistmill eval` besides those that say what a record is. Only flags. */
export const EVAL_OPTIONS = [
  { key: 'referenceField', kind: 'text', placeholder: 'path', defaultText: 'no ROUGE', group: EVAL, help: 'field of an input record that holds the summary to compare with' },
  { key: 'input', kind: 'list', placeholder: 'files...', defaultText: 'the fields that --keep has copied into the results', group: EVAL, help: 'what the results are of, joined by id' },
  { key: 'json', kind: 'flag', default: false, group: EVAL, help: 'print one JSON object' },
] as const satisfies readonly OptionSpec[];
