import type { CompletionRequest } from '../../core/request.ts';
import type { AnswerForm } from '../answer-format.ts';
import { bodyFields } from '../body-fields.ts';
import { splitMessages } from '../split-messages.ts';

/** The API wants a limit, and each model has its own most; this one every model takes (its documentation, "Models overview"). */
const USUAL_MAX_TOKENS = 4096;

export function writeBody(request: CompletionRequest, form: AnswerForm | undefined): string {
  const { model, messages, maxOutputTokens, temperature, params } = request;
  const { system, turns } = splitMessages(messages);
  const own = {
    model,
    max_tokens: maxOutputTokens ?? USUAL_MAX_TOKENS,
    ...(system !== undefined && { system }),
    messages: turns,
    ...(temperature !== undefined && { temperature }),
  };
  return JSON.stringify(bodyFields(['output_config'], own, form?.body, params));
}
