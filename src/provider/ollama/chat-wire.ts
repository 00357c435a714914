import { z } from 'zod';
import { text, tokens } from '../wire-fields.ts';

/** An answer of the chat endpoint, as far as it is read. */
export const chatAnswer = z.object({
  model: text,
  message: z.object({ content: text, thinking: text }),
  done: z.boolean().optional().catch(undefined),
  done_reason: text,
  prompt_eval_count: tokens,
  eval_count: tokens,
});

export type ChatAnswer = z.infer<typeof chatAnswer>;
