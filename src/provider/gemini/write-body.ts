import type { CompletionRequest } from '../../core/request.ts';
import type { AnswerForm } from '../answer-format.ts';
import { bodyFields } from '../body-fields.ts';
import { splitMessages } from '../split-messages.ts';

export function writeBody(request: CompletionRequest, form: AnswerForm | undefined): string {
  const { messages, maxOutputTokens, temperature, params } = request;
  const { system, turns } = splitMessages(messages);
  const generationConfig = {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
  };
  const own = {
    ...(system !== undefined && { systemInstruction: { parts: [{ text: system }] } }),
    contents: turns.map(({ role, content }) => ({
      role: role === 'assistant' ? 'model' : role,
      parts: [{ text: content }],
    })),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
  };
  return JSON.stringify(bodyFields(['generationConfig'], own, form?.body, params));
}
