import { Argument, type Command, Help, Option } from 'commander';
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
import type { BatchAction } from './batch.ts';
import {
  BATCH_HELP_FOOTER,
  DOCTOR_HELP_FOOTER,
  ESTIMATE_HELP_FOOTER,
  EVAL_HELP_FOOTER,
  INPUTS_HELP,
  MOCK_HELP_FOOTER,
  PRESET_HELP_FOOTER,
  PROMPT_HELP_FOOTER,
  PURPOSE,
  runHelpFooter,
  STATUS_HELP_FOOTER,
} from './help-text.ts';
import { addOptions } from './option-flags.ts';

/** Values of options by their keys, as the command line gives them. */
export type Flags = Readonly<Record<string, unknown>>;

const HELP_GROUP = 'Help:';

/** Those of the run that say which cache is meant, and what is old there. */
const CACHE_OPTIONS = RUN_OPTIONS.filter(({ key }) =>
  ['cache', 'cacheTtl', 'config', 'envFile'].includes(key),
);

/** The main command; without a name on the line it is meant. */
export function addRun(program: Command, action: (inputs: string[], flags: Flags) => Promise<void>): Command {
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
export function addEstimate(
  program: Command,
  action: (inputs: string[], flags: Flags) => Promise<void>,
): void {
  const estimate = program
    .command('estimate')
    .description('Tell what a run would take, in tokens, money and time. Nothing is sent.')
    .argument('[inputs...]', INPUTS_HELP)
    .usage('[options] [inputs...]')
    .addHelpText('after', ESTIMATE_HELP_FOOTER)
    .action(action);
  addOwnOptions(estimate, ESTIMATE_OPTIONS);
}

export function addPrompt(program: Command, action: (inputs: string[], flags: Flags) => Promise<void>): void {
  const prompt = program
    .command('prompt')
    .description('Show what a run would send for the first records, and its tokens. Nothing is sent.')
    .argument('[inputs...]', INPUTS_HELP)
    .usage('[options] [inputs...]')
    .addHelpText('after', PROMPT_HELP_FOOTER)
    .action(action);
  addOwnOptions(prompt, PROMPT_OPTIONS);
}

export function addPreset(
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
export function addStatus(
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

export function addEval(program: Command, action: (results: string, flags: Flags) => Promise<void>): void {
  const evaluation = program
    .command('eval')
    .description('Measure the summaries of a file of results. Asks no model.')
    .argument('<results>', 'what a run has written; - is stdin')
    .usage('<results> [options]')
    .addHelpText('after', EVAL_HELP_FOOTER)
    .action(action);
  addOwnOptions(evaluation, EVAL_OPTIONS);
}

export function addDoctor(program: Command, action: (flags: Flags) => Promise<void>): void {
  const doctor = program
    .command('doctor')
    .description('Tell what is configured and from where, and whether the endpoint is there and takes it.')
    .addHelpText('after', DOCTOR_HELP_FOOTER)
    .action(action);
  addOwnOptions(doctor, DOCTOR_OPTIONS);
}

export function addBatch(
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

export function addCache(program: Command, action: (name: string, flags: Flags) => Promise<void>): void {
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

export function addMock(program: Command, action: (flags: Flags) => Promise<void>): void {
  const mock = program
    .command('mock')
    .description('Serve a local OpenAI-compatible endpoint, with limits and faults, to rehearse against.')
    .addHelpText('after', MOCK_HELP_FOOTER)
    .action(action);
  addOptions(mock, MOCK_OPTIONS);
  addHelp(mock);
}
