import { roundUsd } from '../core/money.ts';
import type { Estimate, Range } from './estimate.ts';

/** What an estimate rests on. */
export interface Assumptions {
  readonly provider: string;
  readonly model: string;
  /** As it was written; undefined where there is none. */
  readonly latency: string | undefined;
  readonly answerTokens: number;
  readonly concurrency: number | 'auto';
  readonly encoding: string;
  /** Whether the encoding is known to be the model's own. */
  readonly isOwnEncoding: boolean;
}

/** The estimate as `--json` prints it: null is unknown. */
export function estimateJson(estimate: Estimate, assumed: Assumptions): object {
  const { survey, run, cost, earlier } = estimate;
  const { done = 0, leftOut = 0 } = earlier ?? {};
  return {
    provider: assumed.provider,
    model: assumed.model,
    records: survey.records + done + leftOut,
    already_done: done,
    left_out: leftOut,
    requests: survey.requests,
    broken: Object.fromEntries(survey.broken),
    input_tokens: mapRange(estimate.inputTokens, Math.round),
    output_tokens: mapRange(estimate.outputTokens, Math.round),
    counted_requests: survey.counted,
    encoding: assumed.encoding,
    encoding_is_own: assumed.isOwnEncoding,
    cost_usd: cost === undefined ? null : mapRange(cost, roundUsd),
    seconds: run === undefined ? null : Math.round(run.ms) / 1000,
    requests_per_second: run === undefined ? null : Number(requestRate(estimate).toPrecision(4)),
    held_back_by: run === undefined ? null : run.heldBackBy,
    simulated_requests: run === undefined ? 0 : run.simulated,
    failures: Object.fromEntries(run?.failed ?? []),
    stopped_by:
      run?.stoppedBy === undefined
        ? null
        : { code: run.stoppedBy.code, message: run.stoppedBy.message, answered: run.answered },
    assumed: {
      latency: assumed.latency ?? null,
      answer_tokens: assumed.answerTokens,
      concurrency: assumed.concurrency,
    },
  };
}

/** Requests a second over the whole run; 0 where there are none. */
export function requestRate({ run, survey }: Estimate): number {
  if (run === undefined || run.ms === 0) return 0;
  return ((run.stoppedBy === undefined ? survey.requests : run.answered) * 1000) / run.ms;
}

function mapRange({ low, expected, high }: Range, change: (value: number) => number): Range {
  return { low: change(low), expected: change(expected), high: change(high) };
}
