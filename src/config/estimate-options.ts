import type { OptionSpec, OptionValues } from './option-spec.ts';

const ESTIMATE = 'Estimate';

/** The options that `gistmill estimate` has besides those of the run that it foresees. */
export const ESTIMATE_OPTIONS = [
  { key: 'latency', kind: 'text', placeholder: 'time', defaultText: '2s; none for the built-in summariser', group: ESTIMATE, help: 'time an answer takes: 800ms, 100-300 (ms, uniform), or lognormal:800:0.5 (median ms, sigma)' },
  { key: 'answerTokens', kind: 'integer', default: 150, min: 1, placeholder: 'n', group: ESTIMATE, help: 'tokens that an answer is expected to have' },
  { key: 'json', kind: 'flag', default: false, group: ESTIMATE, help: 'print one JSON object' },
] as const satisfies readonly OptionSpec[];

export type EstimateOptions = OptionValues<typeof ESTIMATE_OPTIONS>;
