import type { CompletionRequest } from '../../core/request.ts';
import type { AnswerForm, AnswerForms } from '../answer-format.ts';
import { bodyFields, hasAny } from '../body-fields.ts';
import { isStrict } from '../openai/strict-schema.ts';
import { splitMessages } from '../split-messages.ts';

/** `text.format` of the Responses API. */
export const responseForms: AnswerForms = {
  of: ({ name, schema }) => {
    const described = (strict: boolean) => ({
      text: { format: { type: 'json_schema', name, schema, strict } },
    });
    return [
      ...(isStrict(schema) ? [{ name: 'json_schema with strict', body: described(true) }] : []),
      { name: 'json_schema', body: described(false) },
      ...(schema.type === 'object'
        ? [{ name: 'json_object', body: { text: { format: { type: 'json_object' } } } }]
        : []),
    ];
  },
  isNamedBy: ({ text }) => hasAny(text, ['format']),
};

export function writeBody(request: CompletionRequest, form: AnswerForm | undefined): string {
  const { model, messages, maxOutputTokens, temperature, params } = request;
  const { system, turns } = splitMessages(messages);
  const own = {
    model,
    ...(system !== undefined && { instructions: system }),
    input: turns,
    ...(maxOutputTokens !== undefined && { max_output_tokens: maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    // Else the API keeps what was sent for 30 days.
    store: false,
  };
  return JSON.stringify(bodyFields(['text', 'reasoning'], own, form?.body, params));
}
