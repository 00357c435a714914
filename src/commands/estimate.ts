import { openBilling } from '../batch/billing.ts';
import { buildTask } from '../batch/build-task.ts';
import { foreseeResults } from '../batch/foresee-results.ts';
import { openDataAnswers } from '../batch/open-answers.ts';
import { openWork } from '../batch/open-work.ts';
import { loadEstimateOptions } from '../config/load-config.ts';
import { type Endpoint, resolveEndpoint } from '../config/resolve-endpoint.ts';
import { systemClock } from '../core/clock.ts';
import { EXIT } from '../core/exit-codes.ts';
import { failureRule } from '../core/failures.ts';
import { type Estimate, estimate } from '../estimate/estimate.ts';
import { type Assumptions, estimateJson } from '../estimate/estimate-json.ts';
import { estimateText } from '../estimate/estimate-text.ts';
import { openCounter } from '../estimate/open-counter.ts';
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
  const options = await withOwnModels(given, inputs);
  const endpoint = resolveEndpoint(options, env, io.cwd, false);
  const latency = own.latency ?? usualLatency(endpoint);
  const parsedLatency = latency === undefined ? undefined : parseLatency(latency);
  const billing = await openBilling(options, endpoint);
  if (endpoint.notice !== undefined && !options.quiet) io.stderr.write(`${endpoint.notice}\n`);
  const source = await openSource(inputs, options, io);
  if (options.strict) await refuseBrokenInput(source);
  const counter = await openCounter(endpoint.model);
  const prompt = await openPrompt(options, endpoint.model, io.cwd, endpoint.provider);
  const data = options.schema === undefined ? undefined : await openDataAnswers(options.schema);
  const work = await openWork(options, endpoint, prompt, data);
  const { texts } = work.rooms;
  const result = await estimate({
    ...{ source, billing, counter, settings: options, latency: parsedLatency },
    // Whether an answer would be good enough cannot be foreseen: each is taken as it comes.
    task: buildTask({ prompt: work.rooms.prompt, texts }, options, PARTS_AT_ONCE),
    earlier: await foreseeResults({ ...options, inputs }, work.rows),
    shape: { provider: endpoint.provider, body: options.body },
    answerTokens: own.answerTokens,
    epochMs: systemClock.epochMs(),
  }).finally(() => work.close());
  const assumed: Assumptions = {
    ...{ provider: endpoint.provider, model: endpoint.model, latency },
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

function usualLatency({ provider }: Endpoint): string | undefined {
  return provider === 'local' ? undefined : USUAL_LATENCY;
}

function exitCodeOf({ survey, run }: Estimate): number {
  if (run?.stoppedBy !== undefined) return failureRule(run.stoppedBy.code).exitCode;
  return survey.broken.size + (run?.failed.size ?? 0) > 0 ? EXIT.someFailed : EXIT.done;
}
