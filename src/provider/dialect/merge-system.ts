import type { CompletionRequest, Message } from '../../core/request.ts';

/** The request with its system messages at the beginning of the first message of the user. */
export function mergeSystem(request: CompletionRequest): CompletionRequest {
  const system = request.messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  if (system.length === 0) return request;
  const rest = request.messages.filter(({ role }) => role !== 'system');
  const at = rest.findIndex(({ role }) => role === 'user');
  const messages: readonly Message[] =
    at === -1
      ? [{ role: 'user', content: system.join('\n\n') }, ...rest]
      : rest.map((message, i) =>
          i === at ? { ...message, content: [...system, message.content].join('\n\n') } : message,
        );
  return { ...request, messages };
}
