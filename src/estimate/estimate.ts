import type { Billing } from '../batch/billing.ts';
import type { EarlierResults } from '../batch/foresee-results.ts';
import type { BatchSettings } from '../batch/join-batch.ts';
import type { Source } from '../core/record.ts';
import type { Task } from '../engine/task/task.ts';
import { drawLatency, type Latency } from '../mock/latency.ts';
import { seededDraw } from '../mock/seeded-random.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import type { EndpointShape } from './billed-texts.ts';
import { mixedBilling } from './mixed-billing.ts';
import { type RunSettings, type SimulatedEndpoint, type Simulation, simulate } from './simulate.ts';
import { type Survey, surveyInput } from './survey-input.ts';

export interface EstimateParts {
  readonly source: Source;
  /** What the run would do with each record. */
  readonly task: Task;
  readonly settings: RunSettings;
  readonly shape: EndpointShape;
  readonly billing: Billing;
  /** Where several share the work. */
  readonly endpoints?: readonly SimulatedEndpoint[] | undefined;
  readonly counter: TokenCounter;
  /** How long an answer takes; undefined where that cannot be guessed: then there is no time. */
  readonly latency: Latency | undefined;
  /** Tokens that an answer is expected to have. */
  readonly answerTokens: number;
  /** Wall-clock ms at which the run would begin. */
  readonly epochMs: number;
  /** What the run would go on after. */
  readonly earlier?: EarlierResults | undefined;
}

/** From what is likely the least to what is likely the most. */
export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

export interface Estimate {
  readonly survey: Survey;
  /** Records of the input that are not in the survey; undefined where there are no earlier results. */
  readonly earlier: Pick<EarlierResults, 'name' | 'done' | 'leftOut'> | undefined;
  readonly inputTokens: Range;
  readonly outputTokens: Range;
  /** USD; undefined where the price is unknown. */
  readonly cost: Range | undefined;
  /** Undefined where there is no latency to reckon with. */
  readonly run: Simulation | undefined;
}

/** Any seed would do; the same one makes the same estimate of the same input. */
const SEED = 1;
/** Answers are seldom longer or shorter than this, as a multiple of what is expected. */
const SHORT_ANSWER = 0.5;
const LONG_ANSWER = 2;

/** Most requests that are played through (about 5 s); the time of more follows from the rate of these. */
const PLAYED = 200_000;
/** The same where a limit is not one by the minute: what comes late in the run is unlike its beginning. */
const PLAYED_WITH_LONG_LIMITS = 2_000_000;

/** What a run over this input would take. Nothing is sent. Rejects with `text_changed` where the run would. */
export async function estimate(parts: EstimateParts): Promise<Estimate> {
  const { task, counter, shape, settings, earlier, answerTokens } = parts;
  const source = earlier?.source(parts.source) ?? parts.source;
  let drawn = 0;
  const random = (): number => seededDraw(SEED, drawn++, 0)('fault');
  const survey = await surveyInput({
    ...{ source, task, answerTokens, counter, shape, random },
    keep: mostPlayed(settings, parts.endpoints),
  });
  const answer = answerRange(parts);
  const input = inputRange(survey);
  const run = await play(parts, survey, answer.expected, random);
  const { endpoints } = parts;
  const billing = endpoints === undefined ? parts.billing : mixedBilling(endpoints, run?.byEndpoint);
  return {
    survey,
    earlier: earlier && { name: earlier.name, done: earlier.done, leftOut: earlier.leftOut },
    inputTokens: input,
    outputTokens: mapRange((bound) => answer[bound] * survey.requests),
    cost: costRange(billing, survey, answer),
    run,
  };
}

function mostPlayed(settings: BatchSettings, endpoints: readonly SimulatedEndpoint[] = []): number {
  const { deadline, maxCost, maxTokensTotal } = settings;
  const byTheDay = [settings, ...endpoints.map((endpoint) => endpoint.settings)].flatMap(({ rpd, tpd }) => [
    rpd,
    tpd,
  ]);
  const isLong = [...byTheDay, deadline, maxCost, maxTokensTotal].some((limit) => limit !== undefined);
  return isLong ? PLAYED_WITH_LONG_LIMITS : PLAYED;
}

function play(
  { latency, settings, billing, endpoints, epochMs, earlier }: EstimateParts,
  { sizes, requests }: Survey,
  outputTokens: number,
  random: () => number,
): Promise<Simulation> | undefined {
  if (latency === undefined) return undefined;
  const latencyMs = (index: number): number => drawLatency(latency, seededDraw(SEED, index, 1));
  return simulate({
    ...{ settings, billing, endpoints, sizes, requests, outputTokens, latencyMs, random, epochMs },
    spent: earlier?.spent,
  });
}

function answerRange({ answerTokens, settings }: EstimateParts): Range {
  const most = settings.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  const expected = Math.min(answerTokens, most);
  return {
    low: Math.ceil(expected * SHORT_ANSWER),
    expected,
    high: Math.min(expected * LONG_ANSWER, most),
  };
}

function inputRange({ inputTokens, inputError }: Survey): Range {
  return {
    low: Math.max(0, Math.floor(inputTokens - inputError)),
    expected: inputTokens,
    high: Math.ceil(inputTokens + inputError),
  };
}

/** The sum over all requests, or over the sample of them scaled up: a price may depend on a request's length. */
function costRange({ billed, costOf }: Billing, survey: Survey, answer: Range): Range | undefined {
  if (!billed) return { low: 0, expected: 0, high: 0 };
  if (costOf === undefined) return undefined;
  const { sizes, requests, inputTokens } = survey;
  const input = inputRange(survey);
  return mapRange((bound) => {
    const share = inputTokens === 0 ? 1 : input[bound] / inputTokens;
    const usage = (tokens: number) => ({ inputTokens: tokens * share, outputTokens: answer[bound] });
    const sum = sizes.reduce((total, size) => total + (costOf(usage(size.inputTokens)) ?? 0), 0);
    return sizes.length === 0 ? 0 : (sum * requests) / sizes.length;
  });
}

function mapRange(value: (bound: keyof Range) => number): Range {
  return { low: value('low'), expected: value('expected'), high: value('high') };
}
