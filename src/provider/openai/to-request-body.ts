import type { CompletionRequest } from '../../core/request.ts';
import type { AnswerForm } from '../answer-format.ts';

type Settings = Omit<CompletionRequest, 'messages' | 'document'>;

/**
 * Writes chat completions requests as JSON. The user's own parameters come last and win. What stays the same
 * from request to request, all but the messages, is written once.
 */
export function requestBodyWriter(): (request: CompletionRequest, form?: AnswerForm) => string {
  let last: Settings | undefined;
  let lastForm: AnswerForm | undefined;
  let settings = '';
  return (request, form) => {
    if (last === undefined || form !== lastForm || !isSame(last, request)) {
      settings = settingsJson(request, form);
      last = request;
      lastForm = form;
    }
    return request.params.messages === undefined
      ? `{"messages":${JSON.stringify(request.messages)}${settings}}`
      : `{${settings.slice(1)}}`;
  };
}

/** `,"key":value…`; empty where nothing is set. */
function settingsJson(
  { model, maxOutputTokens, temperature, params }: Settings,
  form: AnswerForm | undefined,
): string {
  const json = JSON.stringify({
    ...(model !== '' && { model }),
    ...(maxOutputTokens !== undefined && { max_tokens: maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...form?.body,
    ...params,
  });
  return json === '{}' ? '' : `,${json.slice(1, -1)}`;
}

function isSame(one: Settings, other: Settings): boolean {
  return (
    one.params === other.params &&
    one.model === other.model &&
    one.maxOutputTokens === other.maxOutputTokens &&
    one.temperature === other.temperature
  );
}
