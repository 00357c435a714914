import { Argument, Command, CommanderError, Help, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { BATCH_OPTIONS } from '../config/batch-options.ts';
import { DOCTOR_OPTIONS } from '../config/doctor-options.ts';
import { ESTIMATE_OPTIONS } from '../config/estimate-options.ts';
import { EVAL_OPTIONS } from '../config/eval-options.ts';
import { MOCK_OPTIONS } from '../config/mock-options.ts';
import type { OptionSpec } from '../config/option-spec.ts';
import { PROMPT_OPTIONS } from '../config/prompt-options.ts';
import { RUN_OPTIONS } from '../config/run-options.ts';
import { STATUS_OPTIONS } from '../config/status-options.ts';
import { AppError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { BatchAction } from './batch.ts';
import {
  BATCH_HELP_FOOTER,
  DOCTOR_HELP_FOOTER,
  ESTIMATE_HELP_FOOTER,
  EVAL_HELP_FOOTER,
  HELP_WIDTH,
  INPUTS_HELP,
  MOCK_HELP_FOOTER,
  PRESET_HELP_FOOTER,
  PROMPT_HELP_FOOTER,
  PURPOSE,
  runHelpFooter,
  STATUS_HELP_FOOTER,
} from './help-text.ts';
import type { Io } from './io.ts';
import { addOptions } from './option-flags.ts';
import { toUsageError } from './usage-error.ts';

/** Those of the run that say which cache is meant, and what is old there. */
const CACHE_OPTIONS = RUN_OPTIONS.filter(({ key }) =>
  ['cache', 'cacheTtl', 'config', 'envFile'].includes(key),
);

type Flags = Readonly<Record<string, unknown>>;

const HELP_GROUP = 'Help:';

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

function addRun(program: Command, action: (inputs: string[], flags: Flags) => Promise<void>): Command {
  const run = program
    .command('run', { isDefault: true })
    .description(PURPOSE)
    .argument('[inputs...]', INPUTS_HELP)
    .usage('[options] [inputs...]')
    .configureHelp({ commandUsage: () => 'gistmill [options] [inputs...]' })
    .addHelpText('after', runHelpFooter)
    .action(action);
  addOptions(run, RUN_OPTIONS);
  addHelp(run);
  // Only shown here: the program itself answers it, wherever on the line it stands.
  run.addOption(new Option('-V, --version', 'print the version').helpGroup(HELP_GROUP));
  refuseKey(run);
  return run;
}

/** The options of the run are taken too, but not listed again. */
function addEstimate(program: Command, action: (inputs: string[], flags: Flags) => Promise<void>): void {
  const estimate = program
    .command('estimate')
    .description('Tell what a run would take, in tokens, money and time. Nothing is sent.')
    .argument('[inputs...]', INPUTS_HELP)
    .usage('[options] [inputs...]')
    .addHelpText('after', ESTIMATE_HELP_FOOTER)
    .action(action);
  addOwnOptions(estimate, ESTIMATE_OPTIONS);
}

function addPrompt(program: Command, action: (inputs: string[], flags: Flags) => Promise<void>): void {
  const prompt = program
    .command('prompt')
    .description('Show what a run would send for the first records, and its tokens. Nothing is sent.')
    .argument('[inputs...]', INPUTS_HELP)
    .usage('[options] [inputs...]')
    .addHelpText('after', PROMPT_HELP_FOOTER)
    .action(action);
  addOwnOptions(prompt, PROMPT_OPTIONS);
}

function addPreset(
  program: Command,
  action: (action: string, name: string | undefined) => Promise<void>,
): void {
  const preset = program
    .command('preset')
    .description('Name the presets of the package (list), or print one (show).')
    .addArgument(new Argument('<action>', 'what to do').choices(['list', 'show']))
    .argument('[name]', 'name or file of a preset')
    .addHelpText('after', PRESET_HELP_FOOTER)
    .action(action);
  addHelp(preset);
}

/** Those of the run that decide on keys and hashes are taken too, as all the others are; they are not listed again. */
function addStatus(
  program: Command,
  action: (results: string | undefined, flags: Flags) => Promise<void>,
): void {
  const status = program
    .command('status')
    .description('Tell what a file of results holds, and what is missing. Only reads.')
    .argument('[results]', 'what a run has written: its -o, or its --state')
    .usage('<results> [options]')
    .addHelpText('after', STATUS_HELP_FOOTER)
    .action(action);
  addOwnOptions(status, STATUS_OPTIONS);
}

function addEval(program: Command, action: (results: string, flags: Flags) => Promise<void>): void {
  const evaluation = program
    .command('eval')
    .description('Measure the summaries of a file of results. Asks no model.')
    .argument('<results>', 'what a run has written; - is stdin')
    .usage('<results> [options]')
    .addHelpText('after', EVAL_HELP_FOOTER)
    .action(action);
  addOwnOptions(evaluation, EVAL_OPTIONS);
}

function addDoctor(program: Command, action: (flags: Flags) => Promise<void>): void {
  const doctor = program
    .command('doctor')
    .description('Tell what is configured and from where, and whether the endpoint is there and takes it.')
    .addHelpText('after', DOCTOR_HELP_FOOTER)
    .action(action);
  addOwnOptions(doctor, DOCTOR_OPTIONS);
}

function addBatch(
  program: Command,
  action: (action: BatchAction, names: string[], flags: Flags) => Promise<void>,
): void {
  const batch = program
    .command('batch')
    .description('Have texts summarised in batches of the provider, at half the price and within a day.')
    .addArgument(
      new Argument('<action>', 'what to do').choices(['submit', 'status', 'fetch', 'run', 'cancel']),
    )
    .argument('[files...]', 'submit, run: the inputs; else the file of results')
    .usage('<action> [options] [files...]')
    .addHelpText('after', BATCH_HELP_FOOTER)
    .action(action);
  addOwnOptions(batch, BATCH_OPTIONS);
}

/** Adds these options and, without listing them, those of the run. */
function addOwnOptions(command: Command, specs: readonly OptionSpec[]): void {
  addOptions(command, specs);
  addHelp(command);
  const listed = [...command.options];
  addOptions(command, RUN_OPTIONS);
  refuseKey(command);
  const lists = new Help();
  command.configureHelp({
    visibleOptions: (shown) =>
      lists.visibleOptions(shown).filter((option) => listed.includes(option) || option.long === '--help'),
  });
}

function refuseKey(command: Command): void {
  command.addOption(
    new Option('--api-key [key]').hideHelp().argParser(() => {
      throw new AppError(
        'usage',
        'a key is not taken from the command line, where every process can read it',
        {
          hint: 'set GISTMILL_API_KEY (the environment or .env), or name a file: --api-key-file FILE',
        },
      );
    }),
  );
}

function addCache(program: Command, action: (name: string, flags: Flags) => Promise<void>): void {
  const cache = program
    .command('cache')
    .description('Tell what the cache holds (stats), take out what is old (prune) or everything (clear).')
    .addArgument(new Argument('<action>', 'what to do').choices(['stats', 'prune', 'clear']))
    .option('--json', 'the result as JSON')
    .action(action);
  addOptions(cache, CACHE_OPTIONS);
  addHelp(cache);
}

function addHelp(command: Command): void {
  command.addHelpOption(new Option('-h, --help', 'show this help').helpGroup(HELP_GROUP));
}

function addMock(program: Command, action: (flags: Flags) => Promise<void>): void {
  const mock = program
    .command('mock')
    .description('Serve a local OpenAI-compatible endpoint, with limits and faults, to rehearse against.')
    .addHelpText('after', MOCK_HELP_FOOTER)
    .action(action);
  addOptions(mock, MOCK_OPTIONS);
  addHelp(mock);
}
