import type { Json } from '../core/json.ts';

/** What decides which fields a request is made of, as the settings in a sidecar tell it. */
export interface FieldSettings {
  readonly provider?: Json | undefined;
  readonly prompt?: Json | undefined;
  readonly preset?: Json | undefined;
  /** Those that a preset uses. */
  readonly fields?: Json | undefined;
  readonly body?: Json | undefined;
}

/**
 * The fields of a record, the text aside, on which requests made with these settings depend: those that the run itself
 * reckons with. Undefined where the settings tell of no prompt that can be understood.
 */
export async function usedFieldsOf(settings: FieldSettings): Promise<readonly string[] | undefined> {
  const { provider, body } = settings;
  if (provider === 'local' || (provider === 'http' && body === undefined)) return [];
  try {
    const ofPrompt = await fieldsOfPrompt(settings);
    if (ofPrompt === undefined || provider !== 'http' || typeof body !== 'string') return ofPrompt;
    const { bodyFields } = await import('../provider/http/body-template.ts');
    return [...ofPrompt, ...(await bodyFields(body))];
  } catch {
    return undefined;
  }
}

async function fieldsOfPrompt({
  preset,
  fields,
  prompt,
}: FieldSettings): Promise<readonly string[] | undefined> {
  if (preset !== undefined) return Array.isArray(fields) ? fields.map(String) : [];
  if (typeof prompt !== 'string') return undefined;
  const { templateFields } = await import('../prompt/liquid-template.ts');
  return templateFields(prompt);
}
