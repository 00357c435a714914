import { hash } from 'node:crypto';
import type { JsonObject } from '../core/json.ts';
import type { Message, PromptStep } from '../core/request.ts';
import type { TemplateRecord } from './liquid-template.ts';

/** What a run says to the model. */
export interface Wording {
  /** Throws `prompt_field` for a record that lacks a field. */
  write(record: TemplateRecord, step: PromptStep | undefined): readonly Message[];
  /** What decides over the answers about whole texts. */
  readonly settings: JsonObject;
  /** What decides, besides that, over those about texts in parts. */
  readonly stepSettings: JsonObject;
  /** Fields of a record, the text aside, on which the messages depend. */
  readonly usedFields: readonly string[];
}

export function messagesOf(system: string | undefined, user: string): readonly Message[] {
  const message: Message = { role: 'user', content: user };
  return system === undefined ? [message] : [{ role: 'system', content: system }, message];
}

/** Stands for texts that are too long to be told: 72 bits. */
export function wordingHash(...texts: readonly (string | undefined)[]): string {
  return hash('sha256', JSON.stringify(texts), 'base64url').slice(0, 12);
}

/** What stands in the settings of a run for the wording of its steps. */
export function stepSettings(...texts: readonly (string | undefined)[]): JsonObject {
  return { 'prompts for parts': wordingHash(...texts) };
}
