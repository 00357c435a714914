import type { CompletionRequest } from '../../core/request.ts';
import type { TextTools } from '../../core/text-tools.ts';

/** Tokens by which chat formats mark a message, and the beginning of the answer (OpenAI cookbook: 3 to 4, and 3). */
const MESSAGE_TOKENS = 4;
const ANSWER_TOKENS = 3;
/** Tokens kept for the answer where the user sets no bound: some 700 words. */
const USUAL_ANSWER = 1024;
/** What an estimate may be wrong by: a fixed part, and a share of the window. */
const MARGIN_TOKENS = 32;
const MARGIN_SHARE = 0.02;

/** Tokens of a request, without its answer. */
export async function countRequest(tools: TextTools, { messages }: CompletionRequest): Promise<number> {
  const text = messages.map(({ content }) => content).join('\n');
  return (await tools.count(text)) + formatTokens(messages.length);
}

/** UTF-8 bytes of a request's messages. No tokenizer that works on bytes makes more tokens of them. */
export function bytesOf({ messages }: CompletionRequest): number {
  return messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
}

/** Tokens that a request may take, so that its answer fits the window beside it; may be 0 or less. */
export function roomIn(window: number, { maxOutputTokens }: CompletionRequest): number {
  return window - (maxOutputTokens ?? Math.min(USUAL_ANSWER, Math.floor(window / 4))) - marginOf(window);
}

/** Whether a request and its answer fit the window. Texts that surely do are not counted. */
export async function fits(tools: TextTools, request: CompletionRequest, window: number): Promise<boolean> {
  const room = roomIn(window, request);
  if (bytesOf(request) + formatTokens(request.messages.length) <= room) return true;
  return (await countRequest(tools, request)) <= room;
}

function formatTokens(messages: number): number {
  return messages * MESSAGE_TOKENS + ANSWER_TOKENS;
}

function marginOf(window: number): number {
  return Math.min(MARGIN_TOKENS + window * MARGIN_SHARE, window / 8);
}
