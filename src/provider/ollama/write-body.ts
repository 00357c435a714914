import type { CompletionRequest } from '../../core/request.ts';
import type { AnswerForm, AnswerForms } from '../answer-format.ts';
import { bodyFields } from '../body-fields.ts';
import { contextSizer } from './context-size.ts';

/** `format` takes a schema itself, or `json` (its documentation, "Structured outputs"). */
export const chatForms: AnswerForms = {
  of: ({ schema }) => [
    { name: 'format with a schema', body: { format: schema } },
    { name: 'format json', body: { format: 'json' } },
  ],
  isNamedBy: ({ format }) => format !== undefined,
};

/**
 * Writes requests so that the server cuts nothing off in silence: the context window is large enough, and a text that is
 * too long all the same is an error (`truncate`, `shift`: its API, ChatRequest; older servers pass over them).
 */
export function bodyWriter(contextTokens: number | undefined) {
  const sizeOf = contextSizer(contextTokens);
  return (request: CompletionRequest, form: AnswerForm | undefined): string => {
    const { model, messages, maxOutputTokens, temperature, params } = request;
    const options = {
      num_ctx: sizeOf(request),
      ...(maxOutputTokens !== undefined && { num_predict: maxOutputTokens }),
      ...(temperature !== undefined && { temperature }),
    };
    const own = { model, messages, stream: false, truncate: false, shift: false, options };
    return JSON.stringify(bodyFields(['options'], own, form?.body, params));
  };
}
