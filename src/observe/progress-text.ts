import type { Bottleneck } from '../core/events.ts';
import type { JsonObject } from '../core/json.ts';
import { formatUsd, roundUsd } from '../core/money.ts';
import { formatNumber, formatSeconds, formatShort, writeCost } from './format.ts';
import type { RunSummary } from './run-summary.ts';
import type { InputBytes } from './summary.ts';

/** Everything that a progress line tells, at one moment. */
export interface ProgressState {
  readonly summary: RunSummary;
  readonly input: InputBytes;
}

/** How the limits are called on screen. */
const LIMIT_NAMES: Readonly<Record<Exclude<Bottleneck, 'none'>, string>> = {
  requests: 'limited by requests/min',
  tokens: 'limited by tokens/min',
  concurrency: 'limited by concurrency',
  pause: 'paused by the endpoint',
  output: 'limited by the output',
};

/**
 * Share of the work that is done, 0 to 1: the share of bytes read, less the records that are read but
 * not ended. Undefined where the size of the input is unknown.
 */
export function shareDone({ summary, input }: ProgressState): number | undefined {
  if (input.totalBytes === undefined) return undefined;
  const { records, earlier } = summary;
  const seen = records.read + earlier.reused;
  if (seen === 0) return 0;
  const read = Math.min(1, input.bytesRead / Math.max(1, input.totalBytes));
  return (read * ended(summary)) / seen;
}

/** Records that are done with, those of earlier runs included. */
function ended({ records, earlier }: RunSummary): number {
  return records.ok + records.failed + earlier.reused;
}

/** Records that are not done yet, by the share of the input that is left. */
function recordsLeft(state: ProgressState): number | undefined {
  const share = shareDone(state);
  const done = ended(state.summary);
  return share === undefined || share === 0 ? undefined : done / share - done;
}

/** Ms to the end at the rate of the last ten seconds, else of the whole run. */
export function timeLeftMs(state: ProgressState): number | undefined {
  const { recentRecordsPerSecond, recordsPerSecond } = state.summary;
  const left = recordsLeft(state);
  const rate = recentRecordsPerSecond > 0 ? recentRecordsPerSecond : recordsPerSecond;
  return left === undefined || rate === 0 ? undefined : (left / rate) * 1000;
}

/** What a progress line says, the most telling first. */
export function progressParts(state: ProgressState): readonly string[] {
  const { summary } = state;
  const { records, inFlight, waiting, retrying } = summary;
  const share = shareDone(state);
  const left = timeLeftMs(state);
  const percent = share === undefined ? '' : `${Math.floor(share * 100)}% `;
  const counted = (amount: number, what: string): string[] =>
    amount > 0 ? [`${formatNumber(amount)} ${what}`] : [];
  return [
    `${percent}${formatNumber(ended(summary))} done`,
    ...counted(records.failed, 'failed'),
    `${formatNumber(summary.recentRecordsPerSecond)}/s`,
    ...(left === undefined ? [] : [`${formatSeconds(left)} left`]),
    ...limit(summary),
    ...counted(inFlight, 'in flight'),
    ...counted(waiting, 'waiting'),
    ...counted(retrying, 'retrying'),
    ...tokens(summary),
    ...spent(state),
  ];
}

function limit({ limitedBy, pauseLeftMs }: RunSummary): readonly string[] {
  if (pauseLeftMs > 0) return [`${LIMIT_NAMES.pause}: ${formatSeconds(pauseLeftMs)}`];
  return limitedBy === 'none' ? [] : [LIMIT_NAMES[limitedBy]];
}

function tokens({ tokens: { input, output } }: RunSummary): readonly string[] {
  if (input === undefined && output === undefined) return [];
  return [`${formatShort((input ?? 0) + (output ?? 0))} tokens`];
}

/** What the whole input will cost if it goes on like this, in USD; undefined where that cannot be told. */
function projectedUsd(state: ProgressState): number | undefined {
  const { cost, records } = state.summary;
  const left = recordsLeft(state);
  const done = records.ok + records.failed;
  if (cost?.usd === undefined || left === undefined || done === 0) return undefined;
  return cost.usd * (1 + left / done);
}

function spent(state: ProgressState): readonly string[] {
  const { cost } = state.summary;
  if (cost?.usd === undefined || state.summary.attempts === 0) return [];
  const projected = projectedUsd(state);
  return [
    `${writeCost(cost)} spent${projected === undefined ? '' : `, about ${formatUsd(projected)} in all`}`,
  ];
}

/** As many parts as fit into `width` characters; the first is cut if even it does not fit. */
export function fitParts(parts: readonly string[], width: number): string {
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line} · ${part}`;
    if (longer.length > width) break;
    line = longer;
  }
  return line === '' ? (parts[0] ?? '').slice(0, Math.max(0, width)) : line;
}

/** One line of `--progress json`: snake_case, times in ms; what is unknown is null. */
export function progressJson(state: ProgressState): JsonObject {
  const { summary, input } = state;
  const { records, tokens } = summary;
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  const share = shareDone(state);
  const left = timeLeftMs(state);
  const projected = projectedUsd(state);
  return {
    event: 'progress',
    elapsed_ms: Math.round(summary.wallMs),
    share_done: share === undefined ? null : round(share),
    time_left_ms: left === undefined ? null : Math.round(left),
    bytes_read: input.bytesRead,
    total_bytes: input.totalBytes ?? null,
    read: records.read,
    reused: summary.earlier.reused,
    ok: records.ok,
    failed: records.failed,
    truncated: records.truncated,
    records_per_second: round(summary.recentRecordsPerSecond),
    requests: summary.attempts,
    requests_per_second: round(summary.recentRequestsPerSecond),
    retries: summary.retries,
    in_flight: summary.inFlight,
    waiting: summary.waiting,
    retrying: summary.retrying,
    tokens_in: tokens.input ?? null,
    tokens_out: tokens.output ?? null,
    cost_usd: summary.cost?.usd ?? null,
    cost_projected_usd: projected === undefined ? null : roundUsd(projected),
    pause_left_ms: Math.round(summary.pauseLeftMs),
    limited_by: summary.pauseLeftMs > 0 ? 'pause' : summary.limitedBy,
  };
}
