import { loadRunOptions } from '../config/load-config.ts';
import { AppError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { evaluate } from '../eval/evaluate.ts';
import { reportText } from '../eval/report-text.ts';
import type { Io } from './io.ts';
import { openSource } from './open-source.ts';

/**
 * `gistmill eval`: measures the summaries of a file of results against references and texts. Asks no model. Resolves
 * to 0, or to 1 where nothing could be measured.
 */
export async function evalCommand(
  results: string,
  flags: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<number> {
  const { options } = await loadRunOptions({ flags, env: io.env, cwd: io.cwd });
  const referenceField = flags.referenceField as string | undefined;
  const inputs = flags.input as readonly string[] | undefined;
  if (inputs?.includes('-') && results === '-') {
    throw new AppError('usage', 'stdin (-) can be the results or the input, not both');
  }
  const summaries = {
    ...options,
    inputFormat: 'auto',
    each: 'line',
    textField: 'summary',
    idField: 'id',
  } as const;
  const report = await evaluate({
    results: await openSource([results], summaries, io),
    input: inputs === undefined ? undefined : await openSource(inputs, options, io),
    ...{ referenceField, textField: options.textField },
  });
  const json = report.toJSON();
  io.stdout.write(flags.json === true ? `${JSON.stringify(json)}\n` : reportText(json));
  const isEmpty = report.summaries === 0 || (referenceField !== undefined && json.rouge?.references === 0);
  return isEmpty ? EXIT.someFailed : EXIT.done;
}
