import type { Command, CommanderError } from 'commander';
import { nearestName } from '../config/nearest-name.ts';
import { AppError } from '../core/errors.ts';

/**
 * commander's complaint about `args` as ours: on one line, exit code 2, and without the value of
 * `--unknown=value`, which may be a secret.
 */
export function toUsageError(error: CommanderError, program: Command, args: readonly string[]): AppError {
  const named = program.commands.find((command) => command.name() === args[0]);
  const message = error.message.replace(/^error: /, '');
  const unknown = /^unknown option '([^'=]*)/.exec(message)?.[1];
  const help = `see ${named === undefined ? 'gistmill' : `gistmill ${named.name()}`} --help`;
  if (unknown === undefined) return new AppError('usage', message, { hint: help });

  const near = nearestName(unknown, visibleFlags(program, named));
  const suggestion = near === undefined ? '' : ` (did you mean ${near}?)`;
  return new AppError('usage', `unknown option '${unknown}'${suggestion}`, {
    hint: misspeltCommand(program, args[0]) ?? help,
  });
}

function visibleFlags(program: Command, named: Command | undefined): readonly string[] {
  const command = named ?? program.commands.find((candidate) => candidate.name() === 'run') ?? program;
  return [...command.options, ...program.options].flatMap(({ long, hidden }) =>
    long && !hidden ? [long] : [],
  );
}

/** `gistmill mokc --port 8089` has been taken for a run over a file called "mokc". */
function misspeltCommand(program: Command, word = '-'): string | undefined {
  const names = program.commands.map((command) => command.name());
  if (word.startsWith('-') || names.includes(word)) return undefined;
  const near = nearestName(word, names);
  return near === undefined ? undefined : `did you mean gistmill ${near}?`;
}
