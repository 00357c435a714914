import type { Clock } from '../core/clock.ts';
import type { AppError } from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import type { Source } from '../core/record.ts';
import { createLog, type Log, type LogLevel } from './log.ts';
import { attachLog, isHarmlessEnd, logReason } from './log-events.ts';
import { startProgress } from './progress.ts';
import { type Env, type ProgressMode, type ProgressOption, progressMode } from './progress-mode.ts';
import type { ProgressState } from './progress-text.ts';
import { createRedactor, type Redact } from './redact.ts';
import type { RunSummary } from './run-summary.ts';
import type { Statistics } from './statistics.ts';
import { type StderrStream, StderrWriter } from './stderr.ts';
import { type Ending, type InputBytes, summaryText } from './summary.ts';
import { checkSummaryPath, writeSummaryJson } from './summary-file.ts';
import { toSummaryJson } from './summary-json.ts';

export interface ObserverOptions {
  readonly progress: ProgressOption;
  readonly quiet: boolean;
  readonly logLevel: LogLevel;
  readonly logFile?: string | undefined;
  readonly summaryJson?: string | undefined;
}

export interface ObserverParts {
  readonly events: Events;
  readonly statistics: Statistics;
  readonly source: Pick<Source, 'bytesRead' | 'totalBytes'>;
  readonly options: ObserverOptions;
  readonly stderr: StderrStream;
  readonly env: Env;
  readonly clock: Clock;
  /** Keys and the like, which must not leave the program. */
  readonly secrets: readonly string[];
}

export interface Observers {
  readonly stderr: StderrWriter;
  readonly log: Log;
  readonly redact: Redact;
  /** Tells the user something on stderr, unless `--quiet`. */
  notice(text: string): void;
  /**
   * Ends the progress, tells why the run stopped if that was not told yet, shows the closing summary and
   * writes `--summary-json`. Does so once. Rejects with `output_write` where that file cannot be written.
   */
  finish(ending?: Ending): Promise<void>;
}

/**
 * Starts everything that tells of a run: log, progress, closing summary. Rejects with `usage`
 * where `--log-file` or `--summary-json` cannot be opened.
 */
export async function startObservers(parts: ObserverParts): Promise<Observers> {
  const { events, options, clock, env } = parts;
  const redact = createRedactor(parts.secrets);
  const stderr = new StderrWriter(parts.stderr, redact);
  const mode = progressMode(options, parts.stderr, env);
  if (options.summaryJson !== undefined) await checkSummaryPath(options.summaryJson);
  const log = await openLog(options, mode, { stderr, clock, redact });
  attachLog(log, events);
  const told = new Set<AppError>();
  events.on('stopping', ({ reason }) => told.add(reason));
  const stopProgress = await startProgress({ mode, stderr, clock, env, state: () => progressState(parts) });
  events.on('end', stopProgress);
  let finished = false;
  return {
    stderr,
    log,
    redact,
    notice(text) {
      if (!options.quiet) stderr.line(mode === 'json' ? JSON.stringify({ event: 'notice', text }) : text);
    },
    async finish(ending = {}) {
      if (finished) return;
      finished = true;
      stopProgress();
      const { reason } = ending;
      const summaryTells = options.logFile === undefined && !options.quiet;
      if (reason !== undefined && !told.has(reason) && !summaryTells) logReason(log, reason);
      await close(parts, { mode, stderr, log, redact }, ending);
    },
  };
}

function openLog(
  options: ObserverOptions,
  mode: ProgressMode,
  shared: { readonly stderr: StderrWriter; readonly clock: Clock; readonly redact: Redact },
): Promise<Log> {
  const hushed = options.quiet && options.logFile === undefined && options.logLevel !== 'silent';
  return createLog({
    ...shared,
    level: hushed ? 'error' : options.logLevel,
    file: options.logFile,
    stderrFormat: mode === 'json' ? 'json' : 'text',
  });
}

interface Outlets {
  readonly mode: ProgressMode;
  readonly stderr: StderrWriter;
  readonly log: Log;
  readonly redact: Redact;
}

async function close(parts: ObserverParts, outlets: Outlets, { reason, exitCode }: Ending): Promise<void> {
  const { options } = parts;
  const { mode, stderr, log, redact } = outlets;
  const summary = withReason(parts.statistics.snapshot(), reason);
  const json = toSummaryJson(summary, exitCode);
  log.write('info', 'run ended', {
    ok: summary.records.ok,
    failed: summary.records.failed,
    exitCode,
  });
  log.close();
  // After `| head` nobody waits for words.
  const wordless = summary.stopped?.code === 'output_closed';
  if (options.quiet || wordless) tellQuietly(outlets, options, summary);
  else if (mode === 'json') stderr.line(JSON.stringify({ event: 'summary', ...json }));
  else stderr.line(summaryText(summary, inputBytes(parts)));
  if (options.summaryJson !== undefined) {
    await writeSummaryJson(options.summaryJson, JSON.parse(redact(JSON.stringify(json))));
  }
}

/** With `--quiet` there is no summary, so an error that went to a log file alone is told here. */
function tellQuietly({ stderr }: Outlets, options: ObserverOptions, { stopped }: RunSummary): void {
  const shown = options.logFile === undefined && options.logLevel !== 'silent';
  if (stopped === undefined || shown || isHarmlessEnd(stopped.code)) return;
  stderr.line(`error: ${stopped.message}${stopped.hint === undefined ? '' : `\nhint: ${stopped.hint}`}`);
}

/** The command may know of an end that the engine did not announce, such as a fault while closing the output. */
function withReason(summary: RunSummary, reason: AppError | undefined): RunSummary {
  if (reason === undefined || summary.stopped !== undefined) return summary;
  return { ...summary, stopped: { code: reason.code, message: reason.message, hint: reason.hint } };
}

function inputBytes({ source }: ObserverParts): InputBytes {
  return { bytesRead: source.bytesRead(), totalBytes: source.totalBytes };
}

function progressState(parts: ObserverParts): ProgressState {
  return {
    summary: parts.statistics.snapshot(),
    input: inputBytes(parts),
  };
}
