import { type AppError, toAppError } from '../core/errors.ts';
import { failureRule } from '../core/failures.ts';
import type { Io } from './io.ts';

/**
 * Prints what a command threw, as `gistmill: message` and `hint: …`, and returns the exit code for it.
 * A stack only where the fault is our own and `debug` asks for it.
 */
export function printError(thrown: unknown, io: Pick<Io, 'stderr'>, debug: boolean): number {
  const error = toAppError(thrown);
  // After `| head` nobody waits for words.
  if (error.code === 'output_closed') return failureRule(error.code).exitCode;
  io.stderr.write(error.code === 'internal' ? describeFault(error, debug) : describe(error));
  return failureRule(error.code).exitCode;
}

function describe({ message, hint }: AppError): string {
  return `gistmill: ${oneLine(message)}\n${hint === undefined ? '' : `hint: ${oneLine(hint)}\n`}`;
}

function describeFault({ message, cause, stack }: AppError, debug: boolean): string {
  const line = `gistmill: unexpected error: ${oneLine(message)}\n`;
  if (!debug) return `${line}hint: set GISTMILL_DEBUG=1 to see where it arose\n`;
  return `${line}${cause instanceof Error ? cause.stack : stack}\n`;
}

/** Control characters, which could forge lines or colours, become blanks. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/** Does the command line or the environment ask for stacks? Read before any option is, so that it cannot fail. */
export function wantsStack(args: readonly string[], env: Io['env']): boolean {
  if (env.GISTMILL_DEBUG) return true;
  const line = ` ${args.join(' ')} GISTMILL_LOG_LEVEL=${env.GISTMILL_LOG_LEVEL ?? ''} `;
  return /( --log-level[ =]|GISTMILL_LOG_LEVEL=)(debug|trace) /.test(line);
}
