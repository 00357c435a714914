import type { CompletionRequest } from '../../core/request.ts';
import type { AnswerForm } from '../answer-format.ts';
import { bodyFields } from '../body-fields.ts';
import { splitMessages } from '../split-messages.ts';

export function writeBody(request: CompletionRequest, form: AnswerForm | undefined): string {
  const { messages, maxOutputTokens, temperature, params } = request;
  const { system, turns } = splitMessages(messages);
  const inferenceConfig = {
    ...(maxOutputTokens !== undefined && { maxTokens: maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
  };
  const own = {
    ...(system !== undefined && { system: [{ text: system }] }),
    messages: turns.map(({ role, content }) => ({ role, content: [{ text: content }] })),
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
  };
  return JSON.stringify(bodyFields(['inferenceConfig'], own, form?.body, params));
}
