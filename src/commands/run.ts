import type { Billing } from '../batch/billing.ts';
import type { TaskRooms } from '../batch/build-task.ts';
import { joinBatch } from '../batch/join-batch.ts';
import { madeBySeveral } from '../batch/made-by-several.ts';
import { openDataAnswers } from '../batch/open-answers.ts';
import {
  dayLimits,
  isBilled,
  type OpenEndpoints,
  openBillings,
  openEndpoints,
} from '../batch/open-endpoints.ts';
import { openOutputs } from '../batch/open-outputs.ts';
import type { Results } from '../batch/open-results.ts';
import { openReuse, type Reuse } from '../batch/open-reuse.ts';
import { openWork } from '../batch/open-work.ts';
import { loadRunOptions } from '../config/load-config.ts';
import { type EndpointPlan, planEndpoints } from '../config/plan-endpoints.ts';
import type { Endpoint } from '../config/resolve-endpoint.ts';
import type { RunOptions } from '../config/run-options.ts';
import { systemClock } from '../core/clock.ts';
import { type AppError, toAppError } from '../core/errors.ts';
import { Events } from '../core/events.ts';
import { EXIT } from '../core/exit-codes.ts';
import { type ErrorCode, failureRule } from '../core/failures.ts';
import type { Source } from '../core/record.ts';
import type { Provider } from '../core/request.ts';
import type { FromBatch, FromBatchParts } from '../engine/complete/from-batch.ts';
import { RunControl } from '../engine/run-control.ts';
import { startObservers } from '../observe/start-observers.ts';
import { Statistics } from '../observe/statistics.ts';
import { refuseOpenBatch } from './batch/refuse-open-batch.ts';
import { watchInterrupts } from './interrupts.ts';
import type { Io } from './io.ts';
import { logFailure } from './log-failure.ts';
import { openPrompt } from './open-prompt.ts';
import { openSource } from './open-source.ts';
import { withOwnModels } from './own-models.ts';
import { refuseBrokenInput } from './strict.ts';

/** What a run works with, all opened. */
export interface Rooms {
  readonly options: RunOptions;
  readonly endpoint: Endpoint;
  /** Missing where there is one endpoint. */
  readonly several?: { readonly plan: EndpointPlan; readonly open: OpenEndpoints } | undefined;
  readonly billing: Billing;
  readonly source: Source;
  readonly work: TaskRooms;
  readonly provider: Provider;
  readonly results: Results;
  readonly reuse: Reuse;
  /** What a batch has answered already. */
  readonly fromBatch?: ((parts: Pick<FromBatchParts, 'clock' | 'emit'>) => FromBatch) | undefined;
}

/** After these the output is no longer to be touched. */
const OUTPUT_FAULTS: ReadonlySet<ErrorCode> = new Set(['output_write', 'output_closed', 'output_locked']);

/** After these something else has to be done than to run again. */
const NOT_JUST_AGAIN: ReadonlySet<number> = new Set([EXIT.usage, EXIT.locked]);

/**
 * The main command: inputs in, results out. Resolves to the exit code; rejects with an `AppError` for
 * whatever keeps the run from starting.
 */
export async function runCommand(
  inputs: string[],
  flags: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<number> {
  const { options, env } = await loadRunOptions({ flags, env: io.env, cwd: io.cwd });
  try {
    return await openAndRun(inputs, options, env, io);
  } catch (error) {
    // A log that the command line or the environment names is for the entry to write to.
    if (flags.logFile === undefined && !io.env.GISTMILL_LOG_FILE) logFailure(error, options.logFile);
    throw error;
  }
}

async function openAndRun(
  inputs: readonly string[],
  given: RunOptions,
  env: Io['env'],
  io: Io,
): Promise<number> {
  const { ownModels = false, ...asked } = await withOwnModels(given, inputs);
  const plan = planEndpoints(asked, env, io.cwd);
  const [{ options, endpoint }, ...others] = plan;
  const billings = await openBillings(plan);
  const billing = others.length === 0 ? billings[0] : { billed: isBilled(billings) };
  await refuseOpenBatch(options.output);
  const source = await openSource(inputs, options, io);
  if (options.strict) await refuseBrokenInput(source);
  const prompt = await openPrompt({ ...options, ownModels }, endpoint.model, io.cwd, endpoint.provider);
  const data = options.schema === undefined ? undefined : await openDataAnswers(options.schema);
  const work = await madeBySeveral(await openWork(options, endpoint, prompt, data), plan, prompt);
  const reuse = await openReuse(options, work.requests, env);
  const open = await openEndpoints(plan, billings, env);
  try {
    const results = await openOutputs({
      options: { ...options, ...dayLimits(plan), keep: keepOf(options), inputs },
      rowSettings: work.rows,
      ...{ stdout: io.stdout, ownProcess: io.ownProcess },
    });
    try {
      const several = others.length === 0 ? undefined : { plan, open };
      const { provider } = open;
      const rooms = { options, endpoint, several, billing, source, provider, results, reuse };
      return await run({ ...rooms, work: work.rooms }, env, io);
    } finally {
      results.release();
    }
  } finally {
    reuse.close();
    await work.close();
    await open.close();
  }
}

/** Runs to the end, told of on stderr. Resolves to the exit code. */
export async function run(rooms: Rooms, env: Io['env'], io: Io): Promise<number> {
  const { options, endpoint, several, billing, results } = rooms;
  const endpoints = several?.plan.map((planned) => planned.endpoint) ?? [endpoint];
  const clock = systemClock;
  const events = new Events();
  const control = new RunControl({ clock, graceMs: options.grace });
  const interrupts = watchInterrupts(io, control, options.grace);
  const observers = await startObservers({
    ...{ events, options, env, clock, source: rooms.source, stderr: io.stderr },
    statistics: new Statistics(events, clock, billing),
    secrets: endpoints.flatMap(({ apiKey }) => apiKey ?? []),
  });
  for (const { notice } of endpoints) if (notice !== undefined) observers.notice(notice);
  for (const notice of results.notices) observers.notice(notice);
  rooms.reuse.onTrouble((text) => observers.notice(text));
  results.uses?.onTrouble((text) => observers.notice(text));
  results.onLost((error) => control.abort(error));
  let failed = 0;
  events.on('outcome', (outcome) => {
    if (!outcome.ok) failed += 1;
  });
  const { random } = Math;
  const { emit } = events;
  const source = results.source(rooms.source, emit);
  const settings = { ...options, ordered: results.ordered };
  const reuse = { ...rooms.reuse, parts: results.parts };
  const { sink, spent, uses } = results;
  const joined = several?.open.several({ reuse, uses });
  const parts = { ...rooms, ...rooms.work, endpoints: joined, reuse, source, settings, sink, spent, uses };
  const fromBatch = rooms.fromBatch?.({ clock, emit });
  const end = await joinBatch({ ...parts, fromBatch, control, clock, random, emit });
  rooms.reuse.close();
  const reason = await finish(results, end.stoppedBy);
  interrupts.end();
  const exitCode = interrupts.exitCode() ?? exitCodeOf(reason, failed);
  // The reader of stdout has seen enough: that is a normal end, and nobody waits for words about it.
  if (reason?.code === 'output_closed') return exitCode;
  if (reason !== undefined && results.goesOn && !NOT_JUST_AGAIN.has(failureRule(reason.code).exitCode)) {
    observers.notice('the same command again goes on from here');
  }
  await observers.finish({ reason, exitCode });
  return exitCode;
}

/** Why the run did not go to its end, that of its output included. */
async function finish(results: Results, stoppedBy: AppError | undefined): Promise<AppError | undefined> {
  if (stoppedBy !== undefined && OUTPUT_FAULTS.has(stoppedBy.code)) return stoppedBy;
  try {
    await results.finish(stoppedBy === undefined);
    return stoppedBy;
  } catch (error) {
    return stoppedBy ?? toAppError(error);
  }
}

function exitCodeOf(reason: AppError | undefined, failed: number): number {
  if (reason !== undefined) return failureRule(reason.code).exitCode;
  return failed > 0 ? EXIT.someFailed : EXIT.done;
}

/** `--keep all` is every field; a field that is itself called so cannot be kept alone. */
export function keepOf({ keep }: RunOptions): readonly string[] | 'all' | undefined {
  return keep?.includes('all') ? 'all' : keep;
}
