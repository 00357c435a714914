import type { Finish } from '../../core/request.ts';

/** Reasons as OpenAI names them, and as gateways pass on those of other providers. */
const UNIFIED: ReadonlyMap<string, Finish['unified']> = new Map([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['content_filter', 'filter'],
  ['safety', 'filter'],
  ['recitation', 'filter'],
  ['refusal', 'filter'],
]);

export function mapFinishReason(raw: string | null | undefined): Finish {
  if (raw === null || raw === undefined) return { unified: 'other' };
  return { unified: UNIFIED.get(raw.toLowerCase()) ?? 'other', raw };
}
