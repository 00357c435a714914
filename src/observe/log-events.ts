import type { Events, RunEvents } from '../core/events.ts';
import type { ErrorCode } from '../core/failures.ts';
import type { Outcome } from '../core/outcome.ts';
import { formatDuration } from './format.ts';
import type { LineLevel, Log } from './log.ts';

/** A run that is paused again and again warns of it no more often than this, in ms. */
const PAUSE_WARNING_EVERY_MS = 60_000;

const MOST_DAMAGE_TOLD = 20;

/**
 * Logs the run's events. A million failing records must not print a million warnings: the first of
 * each kind is a `warn`, the rest are `info`, and all of them are in the output and counted in the
 * summary. Levels that are off cost nothing.
 */
export function attachLog(log: Log, events: Events): void {
  if (log.enabled('error')) {
    events.on('stopping', ({ reason }) => logReason(log, reason));
    events.on('damaged', damageListener(log));
  }
  if (log.enabled('warn')) {
    events.on('pause', pauseListener(log));
    events.on('outcome', failureListener(log));
    events.on('endpointState', (event) => logEndpoint(log, event));
    events.on('adapted', ({ endpoint, error: { message, cause } }) => {
      log.write('warn', endpoint === undefined ? message : `${endpoint}: ${message}`, {
        said: cause instanceof Error ? cause.message : undefined,
      });
    });
  }
  if (log.enabled('info')) {
    events.on('limit', ({ unit, perMinute, source, endpoint }) => {
      const whose = endpoint === undefined ? 'limit' : `limit of ${endpoint}`;
      log.write('info', `${whose}: ${perMinute} ${unit} a minute`, { source });
    });
  }
  if (log.enabled('debug')) {
    events.on('retry', (event) => logRetry(log, event));
    events.on('concurrency', ({ limit, reason, endpoint }) => {
      const where = endpoint === undefined ? '' : ` at ${endpoint}`;
      log.write('debug', `up to ${limit} requests in flight${where}: ${reason}`);
    });
  }
  if (log.enabled('trace')) traceAttempts(log, events);
}

/** What was lost of earlier results is told even with `--quiet`; not line by line if a whole disk has gone bad. */
function damageListener(log: Log): (event: RunEvents['damaged']) => void {
  let told = 0;
  return ({ file, line, movedTo }) => {
    told += 1;
    if (told <= MOST_DAMAGE_TOLD) {
      log.write('error', `${file}:${line} is damaged and was moved to ${movedTo}; its record is done again`, {
        line,
      });
    } else if (told === MOST_DAMAGE_TOLD + 1) log.write('error', `${file} has more damaged lines`);
  };
}

/** Ends that are no fault: the user stopped the run; the reader of the output (`| head`) has seen enough. */
const HARMLESS_ENDS: Partial<Record<ErrorCode, LineLevel>> = { interrupted: 'warn', output_closed: 'info' };

export function isHarmlessEnd(code: ErrorCode): boolean {
  return code in HARMLESS_ENDS;
}

/** Why the run starts no more requests. */
export function logReason(log: Log, { code, message, hint }: RunEvents['stopping']['reason']): void {
  log.write(HARMLESS_ENDS[code] ?? 'error', `stopping: ${message}`, { code, hint });
}

/** One of several endpoints has gone, or come back. */
function logEndpoint(log: Log, event: RunEvents['endpointState']): void {
  const { endpoint, state, reason, left, fallback } = event;
  if (state === 'back') {
    log.write('warn', `endpoint ${endpoint} answers again`);
    return;
  }
  const what = state === 'out' ? 'it is out for the rest of this run' : 'it is tried now and then';
  const others = left === 1 ? ', 1 other goes on' : `, ${left} others go on`;
  const rest = left > 0 ? others : fallback ? ', the fallback answers meanwhile' : '';
  log.write('warn', `${reason?.message}; ${what}${rest}`, { code: reason?.code, hint: reason?.hint });
}

function pauseListener(log: Log): (event: RunEvents['pause']) => void {
  const warnedAt = new Map<string | undefined, number>();
  return ({ at, untilMs, endpoint, reason: { code, message, status } }) => {
    const warns = at - (warnedAt.get(endpoint) ?? Number.NEGATIVE_INFINITY) >= PAUSE_WARNING_EVERY_MS;
    if (warns) warnedAt.set(endpoint, at);
    const text = `${endpoint === undefined ? 'the endpoint' : `endpoint ${endpoint}`} asks for a pause of ${formatDuration(untilMs - at)}: ${message}`;
    log.write(warns ? 'warn' : 'info', text, { code, status });
  };
}

function failureListener(log: Log): (outcome: Outcome) => void {
  const warned = new Set<string>();
  return (outcome) => {
    if (outcome.ok) return;
    const { record, error, effort } = outcome;
    const level = warned.has(error.code) ? 'info' : 'warn';
    warned.add(error.code);
    if (!log.enabled(level)) return;
    log.write(level, `record failed: ${error.message}`, {
      id: record.id,
      code: error.code,
      file: record.at.file,
      line: record.at.line,
      attempts: effort.attempts,
      hint: level === 'warn' ? error.hint : undefined,
    });
  };
}

function logRetry(log: Log, { id, attempt, delayMs, error }: RunEvents['retry']): void {
  log.write('debug', `attempt ${attempt} failed: ${error.message}; again in ${formatDuration(delayMs)}`, {
    id,
    code: error.code,
    status: error.status,
    requestId: error.requestId,
  });
}

function traceAttempts(log: Log, events: Events): void {
  events.on('attempt', ({ id, number }) => log.write('trace', 'request sent', { id, attempt: number }));
  events.on('attemptEnd', ({ id, number, ms, usage, timing, error }) => {
    log.write('trace', error === undefined ? 'answer came' : 'attempt failed', {
      id,
      attempt: number,
      ms: Math.round(ms),
      firstTokenMs: timing && Math.round(timing.firstTokenMs),
      code: error?.code,
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
    });
  });
}
