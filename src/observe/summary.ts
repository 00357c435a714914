import type { AppError } from '../core/errors.ts';
import { formatDuration, formatNumber, writeCost } from './format.ts';
import type { Percentiles } from './latency-histogram.ts';
import type { CountByCode, RunSummary, StreamSummary } from './run-summary.ts';

/** How the run ended, as far as the command knows. */
export interface Ending {
  /** Why it did not go on to the end. */
  readonly reason?: AppError | undefined;
  readonly exitCode?: number | undefined;
}

/** Bytes of the input, to tell how much of it is left; `totalBytes` is unknown for pipes. */
export interface InputBytes {
  readonly bytesRead: number;
  readonly totalBytes: number | undefined;
}

type Row = readonly [name: string, value: string] | undefined;

/** The closing summary for stderr: aligned lines, without a last line feed. */
export function summaryText(summary: RunSummary, input: InputBytes): string {
  const rows: readonly Row[] = [
    ...recordRows(summary),
    ...earlierRows(summary),
    ...requestRows(summary),
    ['tokens', tokens(summary)],
    cost(summary),
    ...endpointRows(summary),
    ['time', `${formatDuration(summary.wallMs)}, ${formatNumber(summary.requestsPerSecond)} requests/s`],
    latency(summary.attemptLatency),
    streamed(summary.streamed),
    ...stopRows(summary, input),
  ];
  return rows
    .filter((row) => row !== undefined)
    .map(([name, value]) => `${name.padEnd(10)} ${value}`)
    .join('\n');
}

function recordRows({ records, failedByCode, warningsByCode }: RunSummary): readonly Row[] {
  const unread = records.inputErrors > 0 ? `; ${formatNumber(records.inputErrors)} of them unreadable` : '';
  const warnings = Object.values(warningsByCode).reduce((sum, count) => sum + count, 0);
  return [
    ['ok', formatNumber(records.ok)],
    ['failed', `${formatNumber(records.failed)}${byCode(failedByCode)}${unread}`],
    records.truncated > 0
      ? ['truncated', `${formatNumber(records.truncated)}, cut at the output limit`]
      : undefined,
    warnings > 0 ? ['warnings', `${formatNumber(warnings)}${byCode(warningsByCode)}`] : undefined,
  ];
}

function earlierRows({ records, earlier }: RunSummary): readonly Row[] {
  const { reused, failed, stale, damagedLines } = earlier;
  const again = [
    `${formatNumber(records.read - failed - stale)} new`,
    ...(failed > 0 ? [`${formatNumber(failed)} that had failed`] : []),
    ...(stale > 0 ? [`${formatNumber(stale)} stale`] : []),
  ];
  return [
    reused + failed + stale > 0
      ? ['reused', `${formatNumber(reused)} of earlier runs; the rest: ${again.join(', ')}`]
      : undefined,
    damagedLines > 0
      ? ['damaged', `${formatNumber(damagedLines)} ${plural(damagedLines, 'line')} of earlier runs`]
      : undefined,
  ];
}

function requestRows(summary: RunSummary): readonly Row[] {
  const { attempts, retries, retriesByCode, rateLimited, pauses, pausedMs } = summary;
  const slowed = [
    `${formatNumber(rateLimited)} ${plural(rateLimited, 'answer')} to slow down`,
    ...(pauses > 0
      ? [`${formatNumber(pauses)} ${plural(pauses, 'pause')} of ${formatDuration(pausedMs)} in all`]
      : []),
  ];
  return [
    ['requests', formatNumber(attempts)],
    savedRow(summary),
    retries > 0 ? ['retries', `${formatNumber(retries)}${byCode(retriesByCode)}`] : undefined,
    rateLimited > 0 || pauses > 0 ? ['rate limit', slowed.join(', ')] : undefined,
  ];
}

function savedRow({ saved: { memory, cache, parts } }: RunSummary): Row {
  const all = memory + cache + parts;
  if (all === 0) return undefined;
  const sources = [
    ...(memory > 0 ? [`${formatNumber(memory)} the same as others of this run`] : []),
    ...(cache > 0 ? [`${formatNumber(cache)} answered from the cache`] : []),
    ...(parts > 0 ? [`${formatNumber(parts)} answered by an earlier run`] : []),
  ];
  return ['saved', `${formatNumber(all)} ${plural(all, 'request')}: ${sources.join(', ')}`];
}

function tokens({ tokens: { input, output, answersWithoutUsage } }: RunSummary): string {
  if (input === undefined && output === undefined) return 'unknown';
  const amount = (sum: number | undefined): string => (sum === undefined ? 'unknown' : formatNumber(sum));
  const gap =
    answersWithoutUsage === 0
      ? ''
      : `, not told by ${formatNumber(answersWithoutUsage)} ${plural(answersWithoutUsage, 'answer')}`;
  return `${amount(input)} in, ${amount(output)} out${gap}`;
}

function cost({ cost, tokens: { input, output } }: RunSummary): Row {
  if (cost === undefined) return undefined;
  if (cost.usd !== undefined) return ['cost', writeCost(cost)];
  const priceUnknown = input !== undefined && output !== undefined;
  return ['cost', priceUnknown ? 'unknown; to have it counted: --price-in, --price-out' : 'unknown'];
}

function endpointRows({ endpoints }: RunSummary): readonly Row[] {
  return [...(endpoints ?? [])].map(([name, endpoint], at) => {
    const { requests, ok, rateLimited, inputTokens, outputTokens, state } = endpoint;
    const told = [
      `${formatNumber(requests)} ${plural(requests, 'request')}, ${formatNumber(ok)} answered`,
      ...(rateLimited > 0 ? [`${formatNumber(rateLimited)} told to slow down`] : []),
      ...(inputTokens === undefined && outputTokens === undefined
        ? []
        : [`${formatNumber(inputTokens ?? 0)} tokens in, ${formatNumber(outputTokens ?? 0)} out`]),
      ...(endpoint.cost?.usd === undefined ? [] : [writeCost(endpoint.cost)]),
      ...(state === undefined ? [] : [state]),
    ];
    return [at === 0 ? 'endpoints' : '', `${name}: ${told.join(', ')}`];
  });
}

function latency(percentiles: Percentiles | undefined): Row {
  if (percentiles === undefined) return undefined;
  const { p50, p95, p99 } = percentiles;
  return ['latency', `p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)}, p99 ${formatDuration(p99)}`];
}

function streamed(summary: StreamSummary | undefined): Row {
  if (summary === undefined) return undefined;
  const { firstToken, outputTokensPerSecond: speed } = summary;
  const after = `p50 ${formatDuration(firstToken.p50)}, p95 ${formatDuration(firstToken.p95)}`;
  return ['1st token', speed === undefined ? after : `${after}; then ${formatNumber(speed)} tokens/s`];
}

function stopRows({ stopped, records }: RunSummary, input: InputBytes): readonly Row[] {
  if (stopped === undefined) return [];
  const open = records.read - records.ok - records.failed;
  const { bytesRead, totalBytes } = input;
  const unread = totalBytes === undefined ? undefined : 1 - Math.min(1, bytesRead / Math.max(1, totalBytes));
  const left = [
    ...(open > 0 ? [`${formatNumber(open)} ${plural(open, 'record')} begun but not ended`] : []),
    ...(unread === undefined ? ['whatever of the input was not read'] : []),
    ...(unread !== undefined && unread > 0 ? [`${(unread * 100).toFixed(1)} % of the input not read`] : []),
  ];
  return [
    ['stopped', `${stopped.message} (${stopped.code})`],
    stopped.hint === undefined ? undefined : ['hint', stopped.hint],
    left.length > 0 ? ['left', left.join('; ')] : undefined,
  ];
}

function byCode(counts: CountByCode | RunSummary['warningsByCode']): string {
  const entries = Object.entries<number>(counts).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) return '';
  return ` (${entries.map(([code, amount]) => `${code} ${formatNumber(amount)}`).join(', ')})`;
}

function plural(amount: number, noun: string): string {
  return amount === 1 ? noun : `${noun}s`;
}
