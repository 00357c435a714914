import type { OptionSpec, OptionValues } from './option-spec.ts';

const PROMPTS = 'Prompts shown';

/** The options that `gistmill prompt` has besides those of the run whose prompts it shows. Only flags. */
export const PROMPT_OPTIONS = [
  { key: 'records', short: 'n', kind: 'integer', default: 3, min: 1, placeholder: 'n', group: PROMPTS, help: 'how many records are shown, from the first on' },
  { key: 'step', kind: 'choice', choices: ['whole', 'map', 'reduce', 'refine'], default: 'whole', group: PROMPTS, help: 'what is asked about a whole text, or in a step of the work at one in parts' },
  { key: 'json', kind: 'flag', default: false, group: PROMPTS, help: 'print one JSON object a record, with the body of the request' },
] as const satisfies readonly OptionSpec[];

export type PromptCommandOptions = OptionValues<typeof PROMPT_OPTIONS>;
