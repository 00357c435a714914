import { openAnswers, openDataAnswers } from '../batch/open-answers.ts';
import { loadPromptOptions } from '../config/load-config.ts';
import { planEndpoints } from '../config/plan-endpoints.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { PromptStep } from '../core/request.ts';
import { openCounter } from '../estimate/open-counter.ts';
import { openPreview } from '../provider/preview.ts';
import type { Io } from './io.ts';
import { openPrompt } from './open-prompt.ts';
import { openSource } from './open-source.ts';
import { withOwnModels } from './own-models.ts';
import { lookAt, type Shown, shownJson, shownText } from './prompt-view.ts';

/**
 * `gistmill prompt`: shows what a run with the same options would send for the first records. Sends nothing. Resolves
 * to 0, or to 1 where one of these records cannot become a request.
 */
export async function promptCommand(
  inputs: string[],
  flags: Readonly<Record<string, unknown>>,
  io: Io,
): Promise<number> {
  const { options: given, env, own } = await loadPromptOptions({ flags, env: io.env, cwd: io.cwd });
  const { ownModels = false, ...asked } = await withOwnModels(given, inputs);
  const [{ options, endpoint }] = planEndpoints(asked, env, io.cwd, false);
  if (endpoint.notice !== undefined && !options.quiet) io.stderr.write(`${endpoint.notice}\n`);
  const source = await openSource(inputs, options, io);
  const data = options.schema === undefined ? undefined : await openDataAnswers(options.schema);
  const answers = await openAnswers(options, endpoint.provider, data);
  const rooms = {
    prompt: answers.bind(
      await openPrompt({ ...options, ownModels }, endpoint.model, io.cwd, endpoint.provider),
    ),
    preview: await openPreview({ ...options, ...endpoint, env }),
    counter: await openCounter(endpoint.model),
    shape: { provider: endpoint.provider, body: options.body },
  };
  let failed = false;
  let left = own.records;
  for await (const row of source.rows(new AbortController().signal)) {
    const shown: Shown = row.ok
      ? await lookAt(row.record, stepOf(own.step), rooms)
      : { record: row.broken, error: row.broken.error };
    failed ||= 'error' in shown;
    io.stdout.write(own.json ? `${JSON.stringify(shownJson(shown))}\n` : shownText(shown));
    left -= 1;
    if (left === 0) break;
  }
  return failed ? EXIT.someFailed : EXIT.done;
}

/** A step as it could be, with words in the place of answers that nobody has given. */
function stepOf(kind: 'whole' | PromptStep['kind']): PromptStep | undefined {
  switch (kind) {
    case 'whole':
      return undefined;
    case 'map':
      return { kind, part: 1, parts: 2 };
    case 'reduce':
      return { kind, answers: ['[the answer about part 1]', '[the answer about part 2]'], last: true };
    case 'refine':
      return { kind, part: 2, parts: 2, answer: '[the answer about part 1]' };
  }
}
