import { type Command, Option } from 'commander';
import { flagName } from '../config/option-names.ts';
import type { OptionSpec, ValueKind } from '../config/option-spec.ts';
import { AppError } from '../core/errors.ts';

const PLACEHOLDER: Readonly<Record<Exclude<ValueKind, 'flag'>, string>> = {
  text: 'text',
  path: 'file',
  folder: 'dir',
  integer: 'n',
  integerOrAuto: 'n|auto',
  number: 'n',
  duration: 'time',
  size: 'size',
  choice: 'name',
  list: 'list',
  params: 'key=json',
  vars: 'key=text',
  nameOrPath: 'name|file',
  limit: 'n',
  endpoints: 'key=value,…',
};

/**
 * Gives a command the flags of a table. They are only collected, as texts: reading and checking them is the
 * configuration's concern, so that a flag, a variable and a file are judged alike.
 */
export function addOptions(command: Command, specs: readonly OptionSpec[]): void {
  const known = new Set(specs.map(({ key }) => flagName(key)));
  for (const spec of specs) {
    const group = `${spec.group}:`;
    const option = new Option(optionTerm(spec), optionMeaning(spec)).helpGroup(group);
    command.addOption(option);
    if (spec.kind === 'folder') option.preset('auto');
    if (spec.kind !== 'flag') {
      const repeats = ['list', 'params', 'vars', 'endpoints'].includes(spec.kind);
      option.argParser((value: string, before: unknown) => {
        if (known.has(value)) throw valueForgotten(spec, value);
        return repeats ? [...(Array.isArray(before) ? before : []), value] : value;
      });
      if (spec.kind !== 'folder') continue;
    }
    // Takes back what a variable or a file switched on.
    command.addOption(new Option(flagName(spec.key).replace('--', '--no-')).hideHelp().helpGroup(group));
  }
}

/** `--model --rpm 600` would else ask for a model called "--rpm". */
function valueForgotten(spec: OptionSpec, next: string): AppError {
  return new AppError('usage', `${flagName(spec.key)} needs a value, but ${next} follows`);
}

/** `-o, --output <file>`. */
function optionTerm(spec: OptionSpec): string {
  const long = spec.short === undefined ? flagName(spec.key) : `-${spec.short}, ${flagName(spec.key)}`;
  if (spec.kind === 'flag') return long;
  const value = spec.placeholder ?? PLACEHOLDER[spec.kind];
  return spec.kind === 'folder' ? `${long} [${value}]` : `${long} <${value}>`;
}

function optionMeaning(spec: OptionSpec): string {
  const choices = spec.choices === undefined ? '' : `: ${spec.choices.join(', ')}`;
  const fallback = spec.defaultText ?? (spec.kind === 'flag' ? undefined : spec.default);
  return `${spec.help}${choices}${fallback === undefined ? '' : ` (default: ${fallback})`}`;
}
