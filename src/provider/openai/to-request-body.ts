import type { CompletionRequest } from '../../core/request.ts';

type Settings = Omit<CompletionRequest, 'messages' | 'document'>;

/**
 * Writes chat completions requests as JSON. The user's own parameters come last and win. What stays the same
 * from request to request, all but the messages, is written once.
 */
export function requestBodyWriter(): (request: CompletionRequest) => string {
  let last: Settings | undefined;
  let settings = '';
  return (request) => {
    if (last === undefined || !isSame(last, request)) {
      settings = settingsJson(request);
      last = request;
    }
    return request.params.messages === undefined
      ? `{"messages":${JSON.stringify(request.messages)}${settings}}`
      : `{${settings.slice(1)}}`;
  };
}

/** `,"key":value…`; empty where nothing is set. */
function settingsJson({ model, maxOutputTokens, temperature, params }: Settings): string {
  const json = JSON.stringify({
    ...(model !== '' && { model }),
    ...(maxOutputTokens !== undefined && { max_tokens: maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
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
