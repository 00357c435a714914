import { z } from 'zod';
import type { Usage } from '../../core/request.ts';
import { tokenSum, usageOf } from '../usage.ts';
import { text, tokens } from '../wire-fields.ts';

const part = z.object({ text, thought: z.boolean().optional().catch(undefined) });

const candidate = z.object({
  content: z.object({ parts: z.array(part).nullish() }).nullish(),
  finishReason: text,
  finishMessage: text,
});

const usage = z
  .object({
    promptTokenCount: tokens,
    candidatesTokenCount: tokens,
    thoughtsTokenCount: tokens,
    toolUsePromptTokenCount: tokens,
    totalTokenCount: tokens,
  })
  .nullish()
  .catch(undefined);

/** A reply of generateContent, as far as it is read. A blocked prompt has no candidates. */
export const contentReply = z.object({
  candidates: z.array(candidate).nullish(),
  promptFeedback: z.object({ blockReason: text, blockReasonMessage: text }).nullish(),
  usageMetadata: usage,
  modelVersion: text,
  responseId: text,
});

export type ContentReply = z.infer<typeof contentReply>;
export type Candidate = z.infer<typeof candidate>;

/** What the model thought is billed as output and not among `candidatesTokenCount` (its documentation, "Thinking"). */
export function toUsage({ usageMetadata: told }: Pick<ContentReply, 'usageMetadata'>): Usage {
  const input = tokenSum(told?.promptTokenCount, told?.toolUsePromptTokenCount);
  const output = tokenSum(told?.candidatesTokenCount, told?.thoughtsTokenCount);
  const total = told?.totalTokenCount;
  // A count of none is left out; the total tells that it was none.
  const rest = input !== undefined && total !== undefined && total >= input ? total - input : undefined;
  return usageOf(input, output ?? rest);
}
