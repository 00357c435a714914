import type { z } from 'zod';
import { ProviderError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';

/** An answer of a batch API as it should be. Throws `invalid_response` for another. */
export function parsed<T extends z.ZodType>(schema: T, value: JsonObject): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join('.') || 'the answer';
  throw new ProviderError(
    'invalid_response',
    `the batch API answered otherwise than it should: ${place}: ${issue?.message}`,
  );
}
