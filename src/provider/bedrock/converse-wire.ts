import { z } from 'zod';
import type { Usage } from '../../core/request.ts';
import { tokenSum, usageOf } from '../usage.ts';
import { text, tokens } from '../wire-fields.ts';

const block = z.object({
  text,
  reasoningContent: z.unknown().optional(),
  toolUse: z.object({ name: text, input: z.unknown().optional() }).optional(),
});

const usage = z
  .object({
    inputTokens: tokens,
    outputTokens: tokens,
    cacheReadInputTokens: tokens,
    cacheWriteInputTokens: tokens,
  })
  .nullish()
  .catch(undefined);

/** A reply of Converse, as far as it is read. */
export const converseReply = z.object({
  output: z.object({ message: z.object({ content: z.array(block).nullish() }).nullish() }),
  stopReason: text,
  usage,
});

export type ConverseReply = z.infer<typeof converseReply>;

/** Input read from or written to a cache is not among `inputTokens` (Bedrock user guide, "Prompt caching"). */
export function toUsage({ usage: told }: Pick<ConverseReply, 'usage'>): Usage {
  const input = tokenSum(told?.inputTokens, told?.cacheReadInputTokens, told?.cacheWriteInputTokens);
  return usageOf(input, told?.outputTokens);
}
