import { z } from 'zod';
import type { Usage } from '../../core/request.ts';
import { usageOf } from '../usage.ts';
import { text, tokens } from '../wire-fields.ts';

const part = z.object({ type: text, text, refusal: text });

const item = z.object({ type: text, content: z.array(part).nullish().catch(undefined) });

const usage = z.object({ input_tokens: tokens, output_tokens: tokens }).nullish().catch(undefined);

/** A response, as far as it is read. */
export const responseReply = z.object({
  model: text,
  status: text,
  incomplete_details: z.object({ reason: text }).nullish().catch(undefined),
  output: z.array(item),
  usage,
  error: z.unknown().optional(),
});

export type ResponseReply = z.infer<typeof responseReply>;

export function toUsage({ usage: told }: Pick<ResponseReply, 'usage'>): Usage {
  return usageOf(told?.input_tokens, told?.output_tokens);
}
