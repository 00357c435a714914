import type { OptionSpec, OptionValues } from './option-spec.ts';

const BATCH = 'Batches';

/** The options that `gistmill batch` has besides those of the run. Only flags. */
export const BATCH_OPTIONS = [
  { key: 'fallback', kind: 'choice', choices: ['none', 'online'], default: 'none', group: BATCH, help: 'what becomes of records to which the batch has no good answer: an error row that a later run does again, or a request online, at the full price' },
  { key: 'poll', kind: 'duration', default: 30_000, defaultText: '30s', min: 1, group: BATCH, help: 'first wait between two looks at a batch; it grows to 10 minutes' },
  { key: 'partRequests', kind: 'integer', min: 1, placeholder: 'n', defaultText: 'what the provider takes', group: BATCH, help: 'most requests in one part: OpenAI takes 50,000, Anthropic 100,000' },
  { key: 'partBytes', kind: 'size', min: 1, defaultText: 'what the provider takes', group: BATCH, help: 'the same in bytes: OpenAI takes 200MB, Anthropic 256MB' },
  { key: 'json', kind: 'flag', default: false, group: BATCH, help: 'status: print one JSON object' },
] as const satisfies readonly OptionSpec[];

export type BatchOptions = OptionValues<typeof BATCH_OPTIONS>;
