import type { OptionSpec } from './option-spec.ts';

const DOCTOR = 'Doctor';

/** The options of `gistmill doctor` besides those of the run that it looks after. Only flags. */
export const DOCTOR_OPTIONS = [
  { key: 'request', kind: 'flag', default: true, group: DOCTOR, help: 'send one short request, of 16 tokens at most; --no-request leaves it out' },
  { key: 'json', kind: 'flag', default: false, group: DOCTOR, help: 'print one JSON object' },
] as const satisfies readonly OptionSpec[];
