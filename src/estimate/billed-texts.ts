import type { CompletionRequest } from '../core/request.ts';

export interface EndpointShape {
  readonly provider: string;
  /** `http`: the template of the request body. */
  readonly body?: string | undefined;
}

/** Tokens that a chat message takes besides its text, and those with which every answer begins (OpenAI's cookbook, "How to count tokens with tiktoken"). */
const TOKENS_PER_MESSAGE = 4;
const TOKENS_PER_ANSWER = 3;

/** The texts of a request that the endpoint gets to read: any URL gets the document alone unless its body has the prompt. */
export function billedTexts(
  { provider, body }: EndpointShape,
  request: CompletionRequest,
): readonly string[] {
  const hasPrompt =
    takesMessages(provider) || (provider === 'http' && body !== undefined && /prompt/.test(body));
  return hasPrompt ? request.messages.map(({ content }) => content) : [request.document.text];
}

/** Tokens of a request besides those of its texts. */
export function tokensAround({ provider }: EndpointShape, request: CompletionRequest): number {
  return takesMessages(provider) ? TOKENS_PER_ANSWER + TOKENS_PER_MESSAGE * request.messages.length : 0;
}

function takesMessages(provider: string): boolean {
  return provider !== 'http' && provider !== 'local';
}
