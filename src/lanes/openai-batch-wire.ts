import { z } from 'zod';
import { oneLine } from '../provider/sanitise.ts';
import type { BatchView, Refusal } from './lane.ts';

export const fileObject = z.object({ id: z.string() });

const text = z.string().nullish();
const count = z.number().catch(0);

/** A batch (OpenAI API reference, "The batch object"), as far as it is read. */
export const batchObject = z.object({
  id: z.string(),
  status: z.string(),
  created_at: z.number().catch(0),
  output_file_id: text,
  error_file_id: text,
  errors: z
    .object({ data: z.array(z.object({ code: text, message: text, line: z.number().nullish() })) })
    .nullish()
    .catch(undefined),
  request_counts: z.object({ total: count, completed: count, failed: count }).nullish().catch(undefined),
  metadata: z.record(z.string(), z.unknown()).nullish().catch(undefined),
});

export const batchList = z.object({ data: z.array(batchObject), has_more: z.boolean().catch(false) });

/** A line of an output or error file. */
export const resultLine = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.number(), request_id: text, body: z.unknown() }).nullish(),
  error: z.object({ code: text, message: text }).nullish(),
});

type BatchObject = z.infer<typeof batchObject>;

/** Its API reference; what others may call otherwise counts as open. */
const STATES: ReadonlyMap<string, BatchView['state']> = new Map([
  ['completed', 'ended'],
  ['expired', 'ended'],
  ['cancelled', 'ended'],
  ['failed', 'refused'],
]);

export function toView(batch: BatchObject): BatchView {
  const { id, status, output_file_id: output, error_file_id: errors, request_counts: counts } = batch;
  const state = STATES.get(status) ?? 'open';
  return {
    ...{ id, state, status },
    ...(counts && { counts: { total: counts.total, done: counts.completed, failed: counts.failed } }),
    files: [output, errors].flatMap((file) => file || []),
    ...(state === 'refused' && { refusal: refusalOf(batch) }),
  };
}

function refusalOf({ errors }: BatchObject): Refusal {
  const [first] = errors?.data ?? [];
  const told = [first?.code, first?.message].filter(Boolean).join(': ');
  return {
    message: oneLine(told === '' ? 'the provider does not say why' : told),
    isForRoom: first?.code === 'token_limit_exceeded' || /enqueued token limit/i.test(told),
  };
}
