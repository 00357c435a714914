import { appendFileSync, closeSync, openSync, readSync } from 'node:fs';
import { toAppError } from '../core/errors.ts';
import type { Io } from './io.ts';

/**
 * The log file that the command line or the environment names. Read before any option is, so that it is
 * known even where the options themselves are at fault.
 */
export function namedLogFile(args: readonly string[], env: Io['env']): string | undefined {
  const at = args.findLastIndex((arg) => arg === '--log-file' || arg.startsWith('--log-file='));
  const flag = args[at] === '--log-file' ? args[at + 1] : args[at]?.slice('--log-file='.length);
  return flag || env.GISTMILL_LOG_FILE || undefined;
}

/** How every line of a log begins. */
const LINE_START = '{"level":"';

/**
 * Adds what a command threw to the log file, in the shape of its other lines. A file that cannot be written is
 * let be, and so is one that is no log: the mistake may be that an input was named as one.
 */
export function logFailure(thrown: unknown, file: string | undefined): void {
  if (file === undefined) return;
  const { code, message, hint } = toAppError(thrown);
  const line = { level: 'error', time: new Date().toISOString(), code, hint, msg: message };
  try {
    if (isLog(file)) appendFileSync(file, `${JSON.stringify(line)}\n`);
  } catch {
    // The error itself is told on stderr.
  }
}

/** Also true of a file that is empty or not there yet. */
function isLog(file: string): boolean {
  const fd = openSync(file, 'a+');
  try {
    const start = Buffer.alloc(LINE_START.length);
    const bytes = readSync(fd, start, 0, start.length, 0);
    return LINE_START.startsWith(start.toString('utf8', 0, bytes));
  } finally {
    closeSync(fd);
  }
}
