import type { Interrupt, Io } from './commands/io.ts';
import { logFailure, namedLogFile } from './commands/log-failure.ts';
import { printError, wantsStack } from './commands/print-error.ts';
import { runProgram } from './commands/program.ts';
import { AppError } from './core/errors.ts';
import { EXIT } from './core/exit-codes.ts';

/** A finished run ends by itself; what still holds the process after this long is cut off. */
const LINGER_MS = 2000;
const INTERRUPTS: readonly Interrupt[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

let stdinOpened = false;
let stdoutError: NodeJS.ErrnoException | undefined;

const io: Io = {
  get stdin() {
    stdinOpened = true;
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  nodeVersion: process.version,
  signals: {
    onInterrupt(listener) {
      for (const signal of INTERRUPTS) process.on(signal, listener);
      return () => {
        for (const signal of INTERRUPTS) process.off(signal, listener);
      };
    },
  },
  ownProcess: { pid: process.pid, isAlive },
  exit: (code) => process.exit(code),
};

/** Signal 0 is not sent; it only looks whether one could be. A process of another user lives too. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function main(args: readonly string[]): Promise<number> {
  try {
    return await runProgram(args, io);
  } catch (error) {
    return fail(error, args);
  }
}

function fail(error: unknown, args: readonly string[]): number {
  logFailure(error, namedLogFile(args, io.env));
  return printError(error, io, wantsStack(args, io.env));
}

const args = process.argv.slice(2);

process.on('uncaughtException', (error) => {
  process.exit(fail(error, args));
});
// A command that writes rows watches its output itself; this is for help and schema, and keeps `| head` quiet.
process.stdout.on('error', (error) => {
  stdoutError ??= error;
});
process.stderr.on('error', () => {});
process.once('beforeExit', () => {
  if (stdoutError === undefined || stdoutError.code === 'EPIPE' || process.exitCode !== EXIT.done) return;
  const message = `stdout could not be written: ${stdoutError.message}`;
  process.exitCode = printError(new AppError('output_write', message), io, false);
});

process.exitCode = await main(args);
if (stdinOpened) process.stdin.destroy();
setTimeout(() => {
  if (process.stdout.writableLength === 0) process.exit();
}, LINGER_MS).unref();
