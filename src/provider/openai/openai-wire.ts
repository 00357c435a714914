import { z } from 'zod';
import type { Usage } from '../../core/request.ts';
import { usageOf } from '../usage.ts';
import { text, tokens } from '../wire-fields.ts';

const part = z.object({ type: text, text, refusal: text });

/** Content is a text, or parts of which those with a text count. */
export const messageContent = z.union([z.string(), z.array(part)]).nullish();

const usage = z.object({ prompt_tokens: tokens, completion_tokens: tokens }).nullish().catch(undefined);

const choice = z.object({
  finish_reason: text,
  // What the model thought: in `reasoning_content` (DeepSeek, vLLM, llama.cpp) or `reasoning` (OpenRouter, Groq, newer vLLM).
  message: z
    .object({ content: messageContent, refusal: text, reasoning_content: text, reasoning: text })
    .nullish(),
  error: z.unknown().optional(),
});

/**
 * A reply of chat completions, as far as it is read. Loose: other fields are ignored, and an odd value in
 * a field that is not needed counts as absent.
 */
export const chatReply = z.object({
  model: text,
  choices: z.array(choice).nullish(),
  usage,
  error: z.unknown().optional(),
});

export type ChatReply = z.infer<typeof chatReply>;
export type ChatChoice = z.infer<typeof choice>;

export function contentText(content: z.infer<typeof messageContent>): string {
  if (typeof content === 'string') return content;
  return content?.map(({ text }) => text ?? '').join('') ?? '';
}

/** Tokens as reported; what is missing stays unknown. */
export function toUsage({ usage: told }: ChatReply): Usage {
  return usageOf(told?.prompt_tokens, told?.completion_tokens);
}
