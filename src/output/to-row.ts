import { type AppError, ProviderError } from '../core/errors.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Completion } from '../core/request.ts';
import { type Keep, keptFields } from './keep.ts';
import type { ResultRow } from './row-schema.ts';

/** The row of an outcome; `madeBy` names the settings that made it. Not checked against the schema here, for speed; the tests check it. */
export function toRow(outcome: Outcome, keep?: Keep, madeBy?: string): ResultRow {
  const { record, effort, ok } = outcome;
  const answer = ok ? outcome.answer : undefined;
  // One literal in the order of the line, with key, made_by and content first, where a journal finds them at once.
  // Putting it together by spreading costs several µs a row; what is undefined is not written.
  return {
    key: record.key,
    made_by: madeBy,
    content: record.contentHash,
    id: record.id,
    index: record.index,
    status: ok ? 'ok' : 'error',
    summary: answer?.text,
    data: answer?.data,
    error: ok ? undefined : errorOf(outcome.error),
    model: answer?.model,
    endpoint: ok ? answer?.endpoint : effort.endpoint,
    finish_reason: answer?.finish.unified,
    truncated: answer && answer.finish.unified === 'length',
    warnings: answer?.warnings?.length ? answer.warnings : undefined,
    strategy: answer?.long?.strategy,
    chunks: answer?.long?.chunks,
    from: answer?.from,
    lane: answer?.lane,
    usage: { input_tokens: effort.usage.inputTokens, output_tokens: effort.usage.outputTokens },
    cost_usd: effort.costUsd,
    attempts: effort.attempts,
    latency_ms: Math.round(effort.latencyMs),
    first_token_ms: firstTokenMs(answer),
    at: record.at,
    input: keep === undefined ? undefined : keptFields(record.fields ?? {}, keep),
  } as ResultRow;
}

/** Of the request that this answer came to, not of one that was the same. */
function firstTokenMs(answer: Completion | undefined): number | undefined {
  if (answer?.timing === undefined || answer.from !== undefined) return undefined;
  return Math.round(answer.timing.firstTokenMs);
}

function errorOf(error: AppError) {
  return {
    code: error.code,
    message: error.message,
    http_status: error instanceof ProviderError ? error.status : undefined,
    retryable: error.retryable,
  };
}
