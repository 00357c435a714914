import { cutToTokens } from './count-tokens.ts';
import type { ChatRequest } from './read-chat-request.ts';

/**
 * The request as a server sees it that cuts prompts in silence: half of its context window is left for the prompt, as
 * Ollama does it when a prompt overflows, and its usage tells of no more than that.
 */
export function cutPrompt(request: ChatRequest, context: number | undefined): ChatRequest {
  if (context === undefined || request.promptTokens + (request.maxTokens ?? 1) <= context) return request;
  const promptTokens = Math.max(1, Math.floor(context / 2));
  return { ...request, promptTokens, text: cutToTokens(request.text, promptTokens) };
}
