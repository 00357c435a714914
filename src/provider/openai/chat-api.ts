import type { JsonApi } from '../json-api-provider.ts';
import { chatStream } from './assemble-stream.ts';
import { chatForms } from './chat-forms.ts';
import { readAnswer } from './read-answer.ts';
import { requestBodyWriter } from './to-request-body.ts';

/** The wire of chat completions: its bodies and its answers. */
export function chatApi(): Pick<JsonApi, 'forms' | 'writeBody' | 'readAnswer' | 'stream'> {
  return { forms: chatForms, writeBody: requestBodyWriter(), readAnswer, stream: chatStream };
}
