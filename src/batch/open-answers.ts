import { checkSettings, openAnswerChecks } from '../answers/open-answer-checks.ts';
import type { RunOptions } from '../config/run-options.ts';
import type { AnswerReader } from '../core/answer-check.ts';
import { AppError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { AnswerSchema, Prompt } from '../core/request.ts';
import { checked } from '../engine/task/checked.ts';
import { withSchema } from '../engine/task/schema-instruction.ts';
import type { FinalAnswer } from '../engine/task/task.ts';

export type AnswerOptions = Pick<RunOptions, 'minWords' | 'maxWords' | 'checkCopy'> & {
  /** BCP 47 tag, or `auto`; as the user or the preset has it. */
  readonly language?: string | undefined;
  readonly checkLanguage?: boolean | undefined;
};

/** What answers have to be as data. */
export interface DataAnswers {
  readonly schema: AnswerSchema;
  readonly reader: AnswerReader;
}

export interface Answers {
  /** The prompt, with what it has to say of the data that is wanted. */
  bind(prompt: Prompt): Prompt;
  /** How the final answer is got; missing where it is taken as it comes. */
  readonly answer: FinalAnswer | undefined;
  /** What of it decides over rows. The requests themselves tell of the schema, and do not depend on the checks. */
  readonly settings: JsonObject;
}

/** Rejects with `usage` for checks that contradict each other, and for data from what only writes prose. */
export async function openAnswers(
  options: AnswerOptions,
  provider: string,
  data?: DataAnswers,
): Promise<Answers> {
  if (data !== undefined && provider === 'local') {
    throw new AppError('usage', 'the built-in summariser writes prose and no data: --schema needs a model', {
      hint: 'name an endpoint with --base-url and a model with --model',
    });
  }
  const checks = await openAnswerChecks(options);
  const isChecked = data !== undefined || checks.length > 0;
  return {
    bind: (prompt) => (data === undefined ? prompt : withSchema(prompt, data.schema)),
    answer: isChecked ? checked({ reader: data?.reader, checks }) : undefined,
    settings: { ...(data !== undefined && { schema: data.schema.schema }), ...checkSettings(options) },
  };
}

/** Data of the JSON Schema in this file. */
export async function openDataAnswers(file: string): Promise<DataAnswers> {
  const { loadSchema } = await import('../answers/load-schema.ts');
  const { openAnswerReader } = await import('../answers/open-answer-reader.ts');
  const schema = await loadSchema(file);
  return { schema, reader: await openAnswerReader(schema.schema) };
}
