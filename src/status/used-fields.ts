import type { Json } from '../core/json.ts';
import { defaultPrompt } from '../prompt/default-prompt.ts';

/** What decides which fields a request is made of, as the settings in a sidecar tell it. */
export interface FieldSettings {
  readonly provider?: Json | undefined;
  readonly prompt?: Json | undefined;
  readonly body?: Json | undefined;
}

/**
 * The fields of a record, the text aside, on which requests made with these settings depend: those that the run itself
 * reckons with. Undefined where the settings tell of no prompt that can be understood.
 */
export async function usedFieldsOf({
  provider,
  prompt,
  body,
}: FieldSettings): Promise<readonly string[] | undefined> {
  if (provider === 'local' || (provider === 'http' && body === undefined)) return [];
  if (typeof prompt !== 'string') return undefined;
  try {
    const ofPrompt = await fieldsOfPrompt(prompt);
    if (provider !== 'http' || typeof body !== 'string') return ofPrompt;
    const { bodyFields } = await import('../provider/http/body-template.ts');
    return [...ofPrompt, ...(await bodyFields(body))];
  } catch {
    return undefined;
  }
}

/** Liquid is loaded only where someone uses it. */
async function fieldsOfPrompt(prompt: string): Promise<readonly string[]> {
  if (prompt === defaultPrompt('{{text}}')) return [];
  const { templateFields } = await import('../prompt/liquid-template.ts');
  return templateFields(prompt);
}
