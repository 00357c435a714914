import { type AppError, ProviderError } from '../core/errors.ts';
import type { Outcome } from '../core/outcome.ts';
import { type Keep, keptFields } from './keep.ts';
import type { ResultRow } from './row-schema.ts';

/** The row of an outcome; `madeBy` names the settings that made it. Not checked against the schema here, for speed; the tests check it. */
export function toRow(outcome: Outcome, keep?: Keep, madeBy?: string): ResultRow {
  const { record, effort } = outcome;
  const { id, index, at } = record;
  // First in the line, so that a journal finds them at once.
  const identity = { key: record.key, made_by: madeBy, content: record.contentHash };
  const rest = {
    usage: { input_tokens: effort.usage.inputTokens, output_tokens: effort.usage.outputTokens },
    cost_usd: effort.costUsd,
    attempts: effort.attempts,
    latency_ms: Math.round(effort.latencyMs),
    at: { file: at.file, line: at.line },
    input: keep === undefined ? undefined : keptFields(record.fields ?? {}, keep),
  };
  if (!outcome.ok) {
    return { ...identity, id, index, status: 'error', error: errorOf(outcome.error), ...rest };
  }

  const { text, model, finish, from } = outcome.answer;
  return {
    ...identity,
    id,
    index,
    status: 'ok',
    summary: text,
    model,
    finish_reason: finish.unified,
    truncated: finish.unified === 'length',
    from,
    ...rest,
  };
}

function errorOf(error: AppError) {
  return {
    code: error.code,
    message: error.message,
    http_status: error instanceof ProviderError ? error.status : undefined,
    retryable: error.retryable,
  };
}
