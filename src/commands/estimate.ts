import type { Billing } from '../batch/billing.ts';
import { buildTask } from '../batch/build-task.ts';
import { foreseeResults } from '../batch/foresee-results.ts';
import { madeBySeveral } from '../batch/made-by-several.ts';
import { openDataAnswers } from '../batch/open-answers.ts';
import { openBillings } from '../batch/open-endpoints.ts';
import { openWork } from '../batch/open-work.ts';
import { loadEstimateOptions } from '../config/load-config.ts';
import { type EndpointPlan, planEndpoints } from '../config/plan-endpoints.ts';
import type { Endpoint } from '../config/resolve-endpoint.ts';
import { systemClock } from '../core/clock.ts';
import { EXIT } from '../core/exit-codes.ts';
import { failureRule } from '../core/failures.ts';
import { type Estimate, estimate } from '../estimate/estimate.ts';
import { type Assumptions, estimateJson } from '../estimate/estimate-json.ts';
import { estimateText } from '../estimate/estimate-text.ts';
import { openCounter } from '../estimate/open-counter.ts';
import type { SimulatedEndpoint } from '../estimate/simulate.ts';
import { parseLatency } from '../mock/latency.ts';
import type { Io } from './io.ts';
import { openPrompt } from './open-prompt.ts';
import { openSource } from './open-source.ts';
import { withOwnModels } from './own-models.ts';
import { refuseBrokenInput } from './strict.ts';

/** What many endpoints take for an answer of 150 tokens; the built-in summariser depends on the machine alone. */
const USUAL_LATENCY = '2s';

/** Parts of one text that are made ready at once. */
const PARTS_AT_ONCE = 16;

/**
 * `gistmill estimate`: tells what a run with the same options would take, without sending anything. Resolves to
 * the exit code that the run would end with, as far as it can be foreseen.
 */
export async function estimateCommand(
  inputs: string[],
  flags: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<number> {
  const { options: given, env, own } = await loadEstimateOptions({ flags, env: io.env, cwd: io.cwd });
  const { ownModels = false, ...asked } = await withOwnModels(given, inputs);
  const plan = planEndpoints(asked, env, io.cwd, false);
  const [{ options, endpoint }] = plan;
  const latency = own.latency ?? usualLatency(endpoint);
  const parsedLatency = latency === undefined ? undefined : parseLatency(latency);
  const billings = await openBillings(plan);
  if (endpoint.notice !== undefined && !options.quiet) io.stderr.write(`${endpoint.notice}\n`);
  const source = await openSource(inputs, options, io);
  if (options.strict) await refuseBrokenInput(source);
  const counter = await openCounter(endpoint.model);
  const prompt = await openPrompt({ ...options, ownModels }, endpoint.model, io.cwd, endpoint.provider);
  const data = options.schema === undefined ? undefined : await openDataAnswers(options.schema);
  const work = await madeBySeveral(await openWork(options, endpoint, prompt, data), plan, prompt);
  const { texts } = work.rooms;
  const result = await estimate({
    ...{ source, counter, settings: options, latency: parsedLatency },
    ...{ billing: billings[0], endpoints: sharing(plan, billings) },
    // Whether an answer would be good enough cannot be foreseen: each is taken as it comes.
    task: buildTask({ prompt: work.rooms.prompt, texts }, options, PARTS_AT_ONCE),
    earlier: await foreseeResults({ ...options, inputs }, work.rows),
    shape: { provider: endpoint.provider, body: options.body },
    answerTokens: own.answerTokens,
    epochMs: systemClock.epochMs(),
  }).finally(() => work.close());
  const assumed: Assumptions = {
    ...{ provider: endpoint.provider, model: modelsOf(plan), latency },
    ...{
      concurrency: options.concurrency,
      answerTokens: own.answerTokens,
      encoding: counter.encoding,
      isOwnEncoding: counter.isOwn,
    },
  };
  io.stdout.write(
    own.json ? `${JSON.stringify(estimateJson(result, assumed))}\n` : estimateText(result, assumed),
  );
  return exitCodeOf(result);
}

/** Those that share the work, where there are several: what is left to a fallback cannot be foreseen. */
function sharing(plan: EndpointPlan, billings: readonly Billing[]): readonly SimulatedEndpoint[] | undefined {
  const endpoints = plan.flatMap(({ isFallback, name, weight, options }, at) => {
    const billing = billings[at];
    return isFallback || billing === undefined ? [] : [{ name, weight, settings: options, billing }];
  });
  return endpoints.length > 1 ? endpoints : undefined;
}

function modelsOf(plan: EndpointPlan): string {
  const models = plan.filter(({ isFallback }) => !isFallback).map(({ endpoint }) => endpoint.model);
  return [...new Set(models)].join(', ');
}

function usualLatency({ provider }: Endpoint): string | undefined {
  return provider === 'local' ? undefined : USUAL_LATENCY;
}

function exitCodeOf({ survey, run }: Estimate): number {
  if (run?.stoppedBy !== undefined) return failureRule(run.stoppedBy.code).exitCode;
  return survey.broken.size + (run?.failed.size ?? 0) > 0 ? EXIT.someFailed : EXIT.done;
}
