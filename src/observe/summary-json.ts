import type { Json, JsonObject } from '../core/json.ts';
import type { Percentiles } from './latency-histogram.ts';
import type { CostSummary, EndpointSummary, RunSummary } from './run-summary.ts';

/**
 * The closing summary as `--summary-json` writes it: snake_case, times in ms. What is unknown is null,
 * never 0. `exit_code` is null while nobody has decided it.
 */
export function toSummaryJson(summary: RunSummary, exitCode?: number): JsonObject {
  const { records, earlier, tokens, stopped } = summary;
  return {
    records: {
      read: records.read,
      ok: records.ok,
      failed: records.failed,
      truncated: records.truncated,
      input_errors: records.inputErrors,
      not_ended: records.read - records.ok - records.failed,
    },
    earlier_runs: {
      reused: earlier.reused,
      failed: earlier.failed,
      stale: earlier.stale,
      damaged_lines: earlier.damagedLines,
    },
    saved: { memory: summary.saved.memory, cache: summary.saved.cache, parts: summary.saved.parts },
    failed_by_code: { ...summary.failedByCode },
    warnings_by_code: { ...summary.warningsByCode },
    requests: summary.attempts,
    retries: summary.retries,
    retries_by_code: { ...summary.retriesByCode },
    rate_limited: summary.rateLimited,
    pauses: summary.pauses,
    paused_ms: round(summary.pausedMs),
    tokens: {
      input: tokens.input ?? null,
      output: tokens.output ?? null,
      answers_without_usage: tokens.answersWithoutUsage,
    },
    cost: costJson(summary.cost),
    ...(summary.endpoints !== undefined && { endpoints: endpointsJson(summary.endpoints) }),
    wall_ms: round(summary.wallMs),
    requests_per_second: round(summary.requestsPerSecond),
    records_per_second: round(summary.recordsPerSecond),
    attempt_latency_ms: percentiles(summary.attemptLatency),
    record_latency_ms: percentiles(summary.recordLatency),
    ...(summary.streamed && {
      first_token_ms: percentiles(summary.streamed.firstToken),
      output_tokens_per_second: summary.streamed.outputTokensPerSecond ?? null,
    }),
    stopped:
      stopped === undefined
        ? null
        : { code: stopped.code, message: stopped.message, hint: stopped.hint ?? null },
    exit_code: exitCode ?? null,
  };
}

function endpointsJson(endpoints: ReadonlyMap<string, EndpointSummary>): JsonObject {
  const entries = [...endpoints].map(([name, endpoint]): [string, Json] => [
    name,
    {
      requests: endpoint.requests,
      ok: endpoint.ok,
      rate_limited: endpoint.rateLimited,
      tokens: { input: endpoint.inputTokens ?? null, output: endpoint.outputTokens ?? null },
      cost: costJson(endpoint.cost),
      state: endpoint.state ?? 'well',
    },
  ]);
  return Object.fromEntries(entries);
}

/** Null where nothing is billed. */
function costJson(cost: CostSummary | undefined): Json {
  if (cost === undefined) return null;
  const { usd, attemptsUnknown } = cost;
  const known = usd === undefined ? 'unknown' : attemptsUnknown > 0 ? 'at least' : 'exactly';
  return { usd: usd ?? null, known };
}

function percentiles(latency: Percentiles | undefined): Json {
  if (latency === undefined) return null;
  return { p50: round(latency.p50), p95: round(latency.p95), p99: round(latency.p99) };
}

/** To three decimals. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
