import { isJsonObject } from '../core/json.ts';

/** The answers of the APIs that are known here, as messages name them. */
export type Wire =
  | 'chat completion'
  | 'response of the Responses API'
  | 'message of the Messages API'
  | 'answer of generateContent'
  | 'answer of Converse'
  | 'chat answer of Ollama';

/** Whose answer a body is, by the fields that tell it from the others. */
export function wireOf(body: unknown): Wire | undefined {
  if (!isJsonObject(body)) return undefined;
  if (Array.isArray(body.choices)) return 'chat completion';
  if (body.object === 'response') return 'response of the Responses API';
  if (body.type === 'message' && Array.isArray(body.content)) return 'message of the Messages API';
  if (Array.isArray(body.candidates) || isJsonObject(body.promptFeedback)) return 'answer of generateContent';
  if (isJsonObject(body.output) && body.stopReason !== undefined) return 'answer of Converse';
  if (isJsonObject(body.message) && body.done !== undefined) return 'chat answer of Ollama';
  return undefined;
}
