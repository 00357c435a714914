import { loadRunOptions } from '../config/load-config.ts';
import type { RunOptions } from '../config/run-options.ts';
import { AppError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { realPath } from '../output/real-location.ts';
import { readStatus } from '../status/status.ts';
import { statusText } from '../status/status-text.ts';
import { usedFieldsOf } from '../status/used-fields.ts';
import type { Io } from './io.ts';
import { openPrompt } from './open-prompt.ts';
import { openSource } from './open-source.ts';

/**
 * `gistmill status`: tells what a file of results holds, and how it agrees with the input. Only reads. Resolves to 0
 * where all is done and fine, else to 1.
 */
export async function statusCommand(
  results: string | undefined,
  flags: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<number> {
  const { options } = await loadRunOptions({ flags, env: io.env, cwd: io.cwd });
  const name = results ?? (options.output === '-' ? undefined : options.output) ?? options.state;
  if (name === undefined) {
    throw new AppError('usage', 'status: of which file? Name the one that a run has written', {
      hint: 'such as gistmill status out.jsonl --input in.jsonl',
    });
  }
  const inputs = flags.input as readonly string[] | undefined;
  const status = await readStatus({
    ...{ name, path: await realPath(name), ownProcess: io.ownProcess },
    source: inputs === undefined ? undefined : await openSource(inputs, options, io),
    otherFields: await fieldsOf(options, io.cwd),
  });
  io.stdout.write(flags.json === true ? `${JSON.stringify(status)}\n` : statusText(status));
  return status.done ? EXIT.done : EXIT.someFailed;
}

/** Those that the prompt of the command line, or of the configuration, uses. */
async function fieldsOf(options: RunOptions, cwd: string): Promise<readonly string[]> {
  const { settings } = await openPrompt(options, options.model ?? '', cwd);
  const provider = options.provider ?? (options.url === undefined ? 'openai' : 'http');
  return (await usedFieldsOf({ ...settings, provider, body: options.body })) ?? [];
}
