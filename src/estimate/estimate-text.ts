import type { Bottleneck } from '../core/events.ts';
import { formatUsd } from '../core/money.ts';
import { formatDuration, formatNumber } from '../observe/format.ts';
import type { Estimate, Range } from './estimate.ts';
import { type Assumptions, requestRate } from './estimate-json.ts';

const HELD_BACK_BY: Readonly<Record<Bottleneck, string>> = {
  none: 'held back by nothing',
  requests: 'held back by the limit on requests',
  tokens: 'held back by the limit on tokens',
  concurrency: 'held back by --concurrency',
  pause: 'held back by pauses',
  output: 'held back by the output',
};

/** The estimate for people: a name and its figures on each line, ending in a line feed. */
export function estimateText(estimate: Estimate, assumed: Assumptions): string {
  const lines = [
    ['records', recordsOf(estimate)],
    ...requestsOf(estimate),
    ['input tokens', inputOf(estimate, assumed)],
    ['output tokens', outputOf(estimate, assumed)],
    ['cost', costOfRun(estimate, assumed)],
    ['time', timeOf(estimate, assumed)],
    ...(stopOf(estimate) ?? []),
  ] as const;
  return lines.map(([name, figures]) => `${name.padEnd(14)} ${figures}\n`).join('');
}

function recordsOf({ survey, run, earlier }: Estimate): string {
  const failures = [...survey.broken, ...(run?.failed ?? [])];
  const told = failures.map(([code, count]) => `${formatNumber(count)} ${code}`);
  return (
    toDo(survey.records, earlier) + (told.length === 0 ? '' : `, of which will fail: ${told.join(', ')}`)
  );
}

/** Told where they are more than the records: texts that do not fit one request take several. */
function requestsOf({ survey }: Estimate): readonly (readonly [string, string])[] {
  if (survey.requests <= survey.records) return [];
  return [['requests', `${formatNumber(survey.requests)}: some texts are worked at in parts`]];
}

function toDo(records: number, earlier: Estimate['earlier']): string {
  const { name = '', done = 0, leftOut = 0 } = earlier ?? {};
  if (done + leftOut === 0) return formatNumber(records);
  const all = formatNumber(records + done + leftOut);
  const others = leftOut === 0 ? '' : `, ${formatNumber(leftOut)} new and left out`;
  return `${all}: ${formatNumber(done)} done already in ${name}${others}, ${formatNumber(records)} to do`;
}

function inputOf(
  { survey, inputTokens }: Estimate,
  { provider, encoding, isOwnEncoding, model }: Assumptions,
): string {
  const { expected, high } = inputTokens;
  const isAll = survey.counted >= survey.requests;
  const error = expected === 0 ? 0 : ((high - expected) / expected) * 100;
  const counted = isAll
    ? 'all counted'
    : `±${error.toFixed(error < 1 ? 2 : 1)} %: counted ${formatNumber(survey.counted)} of ${formatNumber(survey.requests)} requests`;
  const by =
    isOwnEncoding || provider === 'local' ? encoding : `${encoding}, which may not be how ${model} counts`;
  return `${formatNumber(expected)} (${counted}, by ${by})`;
}

function outputOf({ outputTokens }: Estimate, { answerTokens }: Assumptions): string {
  return `${formatNumber(outputTokens.expected)} (${bounds(outputTokens, formatNumber)}: --answer-tokens ${answerTokens})`;
}

function costOfRun({ cost }: Estimate, { provider, model }: Assumptions): string {
  if (provider === 'local') return 'nothing';
  if (cost === undefined)
    return `unknown: no price is known for ${model} there; --price-in and --price-out set it`;
  return `${formatUsd(cost.expected)} (${bounds(cost, formatUsd)})`;
}

function timeOf(estimate: Estimate, { latency, concurrency }: Assumptions): string {
  const { run } = estimate;
  if (run === undefined) return 'unknown: it depends on this machine; --latency says what an answer takes';
  const rate = `${formatNumber(requestRate(estimate))} requests/s`;
  // What the endpoint can take is not known; here it takes all that auto dares to send.
  const atBest = concurrency === 'auto' ? ' at best' : '';
  return `${formatDuration(run.ms)}${atBest} (${rate}, ${HELD_BACK_BY[run.heldBackBy]}, at --latency ${latency})`;
}

function stopOf({ run }: Estimate): readonly (readonly [string, string])[] | undefined {
  if (run?.stoppedBy === undefined) return undefined;
  return [['stops early', `after ${formatNumber(run.answered)} answers: ${run.stoppedBy.message}`]];
}

function bounds({ low, high }: Range, format: (value: number) => string): string {
  return `${format(low)} to ${format(high)}`;
}
