import type { CompletionRequest } from '../../core/request.ts';

/** The JSON of a chat completions request. The user's own parameters come last and win. */
export function toRequestBody(request: CompletionRequest): string {
  const { model, messages, maxOutputTokens, temperature, params } = request;
  return JSON.stringify({
    ...(model !== '' && { model }),
    messages,
    ...(maxOutputTokens !== undefined && { max_tokens: maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...params,
  });
}
