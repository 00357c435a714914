import { z } from 'zod';
import type { Usage } from '../../core/request.ts';
import { tokenSum, usageOf } from '../usage.ts';
import { text, tokens } from '../wire-fields.ts';

const block = z.object({ type: z.string(), text, name: text, input: z.unknown().optional() });

const usage = z
  .object({
    input_tokens: tokens,
    cache_creation_input_tokens: tokens.nullable(),
    cache_read_input_tokens: tokens.nullable(),
    output_tokens: tokens,
  })
  .nullish()
  .catch(undefined);

/** A reply of the Messages API, as far as it is read. */
export const messageReply = z.object({
  model: text,
  content: z.array(block),
  stop_reason: text,
  usage,
});

export type MessageReply = z.infer<typeof messageReply>;

/** Input read from or written to a cache is not among `input_tokens` (its documentation, "Prompt caching"). */
export function toUsage({ usage: told }: Pick<MessageReply, 'usage'>): Usage {
  const cached = [told?.cache_creation_input_tokens ?? undefined, told?.cache_read_input_tokens ?? undefined];
  return usageOf(tokenSum(told?.input_tokens, ...cached), told?.output_tokens);
}
