import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { EXIT } from '../core/exit-codes.ts';
import type { BatchAction } from './batch.ts';
import { HELP_WIDTH, PURPOSE, runHelpFooter } from './help-text.ts';
import type { Io } from './io.ts';
import {
  addBatch,
  addCache,
  addDoctor,
  addEstimate,
  addEval,
  addMock,
  addPreset,
  addPrompt,
  addRun,
  addStatus,
  type Flags,
} from './subcommands.ts';
import { toUsageError } from './usage-error.ts';

/** What the commands do; each loads its code only when it is called. */
export interface Handlers {
  run(inputs: string[], flags: Flags, io: Io): Promise<number>;
  estimate(inputs: string[], flags: Flags, io: Io): Promise<number>;
  prompt(inputs: string[], flags: Flags, io: Io): Promise<number>;
  preset(action: string, name: string | undefined, io: Io): Promise<number>;
  mock(flags: Flags, io: Io): Promise<number>;
  schema(io: Io): Promise<number>;
  status(results: string | undefined, flags: Flags, io: Io): Promise<number>;
  eval(results: string, flags: Flags, io: Io): Promise<number>;
  cache(action: string, flags: Flags, io: Io): Promise<number>;
  batch(action: BatchAction, names: string[], flags: Flags, io: Io): Promise<number>;
  doctor(flags: Flags, io: Io): Promise<number>;
}

const HANDLERS: Handlers = {
  run: async (inputs, flags, io) => (await import('./run.ts')).runCommand(inputs, flags, io),
  estimate: async (inputs, flags, io) => (await import('./estimate.ts')).estimateCommand(inputs, flags, io),
  prompt: async (inputs, flags, io) => (await import('./prompt.ts')).promptCommand(inputs, flags, io),
  preset: async (action, name, io) => (await import('./preset.ts')).presetCommand(action, name, io),
  mock: async (flags, io) => (await import('./mock.ts')).mockCommand(flags, io),
  status: async (results, flags, io) => (await import('./status.ts')).statusCommand(results, flags, io),
  eval: async (results, flags, io) => (await import('./eval.ts')).evalCommand(results, flags, io),
  schema: async (io) => (await import('./schema.ts')).schemaCommand(io),
  batch: async (action, names, flags, io) =>
    (await import('./batch.ts')).batchCommand(action, names, flags, io),
  cache: async (action, flags, io) => (await import('./cache.ts')).cacheCommand(action, flags, io),
  doctor: async (flags, io) => (await import('./doctor.ts')).doctorCommand(flags, io),
};

/**
 * Carries out one command line (`args` without node and script) and resolves to its exit code.
 * Rejects with an `AppError`: `usage` for a line that cannot be understood, or whatever the command throws.
 */
export async function runProgram(args: readonly string[], io: Io, handlers = HANDLERS): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = buildProgram(io, handlers, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw toUsageError(error, program, args);
  }
  return exitCode;
}

function buildProgram(io: Io, handlers: Handlers, onExit: (code: number) => void): Command {
  // Subcommands copy these settings when they are made, so the settings come first.
  const program = new Command('gistmill')
    .description(PURPOSE)
    .version(manifest.version, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      // Errors are thrown, and printed in one place.
      writeErr: () => {},
      getOutHelpWidth: () => Math.min(HELP_WIDTH, io.stdout.columns ?? HELP_WIDTH),
    });
  const run = addRun(program, async (inputs, flags) => onExit(await handlers.run(inputs, flags, io)));
  addEstimate(program, async (inputs, flags) => onExit(await handlers.estimate(inputs, flags, io)));
  addPrompt(program, async (inputs, flags) => onExit(await handlers.prompt(inputs, flags, io)));
  addPreset(program, async (action, name) => onExit(await handlers.preset(action, name, io)));
  addBatch(program, async (action, names, flags) => onExit(await handlers.batch(action, names, flags, io)));
  addStatus(program, async (results, flags) => onExit(await handlers.status(results, flags, io)));
  addEval(program, async (results, flags) => onExit(await handlers.eval(results, flags, io)));
  addDoctor(program, async (flags) => onExit(await handlers.doctor(flags, io)));
  addMock(program, async (flags) => onExit(await handlers.mock(flags, io)));
  program
    .command('schema')
    .description('Print the JSON Schema of a result.')
    .action(async () => onExit(await handlers.schema(io)));
  addCache(program, async (action, flags) => onExit(await handlers.cache(action, flags, io)));
  // The main command has no name of its own to the user: its help is the program's.
  program.helpInformation = (context) => run.helpInformation(context);
  program.addHelpText('after', runHelpFooter);
  return program;
}
