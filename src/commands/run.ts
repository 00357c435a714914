import { type Billing, openBilling } from '../batch/billing.ts';
import { joinBatch } from '../batch/join-batch.ts';
import { loadRunOptions } from '../config/load-config.ts';
import { type Endpoint, resolveEndpoint } from '../config/resolve-endpoint.ts';
import type { RunOptions } from '../config/run-options.ts';
import { systemClock } from '../core/clock.ts';
import { Events } from '../core/events.ts';
import { EXIT } from '../core/exit-codes.ts';
import { failureRule } from '../core/failures.ts';
import type { Sink } from '../core/outcome.ts';
import type { Source } from '../core/record.ts';
import type { Prompt, Provider } from '../core/request.ts';
import type { BatchEnd } from '../engine/run-batch.ts';
import { RunControl } from '../engine/run-control.ts';
import { startObservers } from '../observe/start-observers.ts';
import { Statistics } from '../observe/statistics.ts';
import { openSink } from '../output/open-sink.ts';
import { createProvider } from '../provider/registry.ts';
import { watchInterrupts } from './interrupts.ts';
import type { Io } from './io.ts';
import { logFailure } from './log-failure.ts';
import { openPrompt } from './open-prompt.ts';
import { openSource } from './open-source.ts';
import { refuseBrokenInput } from './strict.ts';

interface Rooms {
  readonly options: RunOptions;
  readonly endpoint: Endpoint;
  readonly billing: Billing;
  readonly source: Source;
  readonly prompt: Prompt;
  readonly provider: Provider;
  readonly sink: Sink;
}

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
  options: RunOptions,
  env: Io['env'],
  io: Io,
): Promise<number> {
  const endpoint = resolveEndpoint(options, env, io.cwd);
  const billing = await openBilling(options, endpoint);
  const source = await openSource(inputs, options, io);
  if (options.strict) await refuseBrokenInput(source);
  const prompt = await openPrompt(options, endpoint.model, io.cwd);
  const provider = await createProvider({ ...options, ...endpoint, env });
  try {
    const sink = await openSink({ ...options, keep: keepOf(options), inputs }, io.stdout);
    return await run({ options, endpoint, billing, source, prompt, provider, sink }, env, io);
  } finally {
    await provider.close();
  }
}

async function run(rooms: Rooms, env: Io['env'], io: Io): Promise<number> {
  const { options, endpoint, billing, source } = rooms;
  const clock = systemClock;
  const events = new Events();
  const control = new RunControl({ clock, graceMs: options.grace });
  const interrupts = watchInterrupts(io, control, options.grace);
  const observers = await startObservers({
    ...{ events, source, options, env, clock, stderr: io.stderr },
    statistics: new Statistics(events, clock, billing),
    secrets: endpoint.apiKey === undefined ? [] : [endpoint.apiKey],
  });
  if (endpoint.notice !== undefined) observers.notice(endpoint.notice);
  let failed = 0;
  events.on('outcome', (outcome) => {
    if (!outcome.ok) failed += 1;
  });
  const { random } = Math;
  const end = await joinBatch({ ...rooms, settings: options, control, clock, random, emit: events.emit });
  interrupts.end();
  const exitCode = interrupts.exitCode() ?? exitCodeOf(end, failed);
  // The reader of stdout has seen enough: that is a normal end, and nobody waits for words about it.
  if (end.stoppedBy?.code === 'output_closed') return exitCode;
  await observers.finish({ reason: end.stoppedBy, exitCode });
  return exitCode;
}

function exitCodeOf({ stoppedBy }: BatchEnd, failed: number): number {
  if (stoppedBy !== undefined) return failureRule(stoppedBy.code).exitCode;
  return failed > 0 ? EXIT.someFailed : EXIT.done;
}

/** `--keep all` is every field; a field that is itself called so cannot be kept alone. */
function keepOf({ keep }: RunOptions): readonly string[] | 'all' | undefined {
  return keep?.includes('all') ? 'all' : keep;
}
