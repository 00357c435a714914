import { z } from 'zod';

const count = z.int().nonnegative();

const common = {
  key: z
    .string()
    .optional()
    .describe('What tells the record from all others across runs; with --output and --state'),
  made_by: z.string().optional().describe('Hash of the settings that made the row; with --output'),
  content: z.string().optional().describe('Hash of the text and the fields that the request is made of'),
  id: z.string().describe('Id of the record as the input gives it, else file:line'),
  index: count.describe('0-based position of the record among all records of the run'),
  usage: z
    .object({ input_tokens: count.optional(), output_tokens: count.optional() })
    .describe('Tokens of all attempts together; what the endpoint does not report is left out'),
  cost_usd: z
    .number()
    .nonnegative()
    .optional()
    .describe('USD of these tokens; left out where they or their price are unknown'),
  endpoint: z
    .string()
    .optional()
    .describe('Name of the endpoint that answered, or failed last, where several are configured'),
  attempts: count.describe('Requests sent for the record, the first included'),
  latency_ms: count.describe('From the first request to the end of the record, waits included, in ms'),
  at: z
    .object({ file: z.string(), line: z.int().positive() })
    .describe('Where the record stands in the input; the line is 1-based'),
  input: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('The fields named by --keep, each under the name given there'),
};

const okRow = z.object({
  ...common,
  status: z.literal('ok'),
  summary: z.string().describe('The answer; with --schema the JSON of `data`'),
  data: z.unknown().optional().describe('The answer as data, with --schema'),
  model: z.string().optional().describe('The model that answered, as it names itself'),
  finish_reason: z.enum(['stop', 'length', 'filter', 'other']).describe('Why the answer ends'),
  warnings: z
    .array(z.string())
    .optional()
    .describe('Codes of what is not as it was wanted, listed in docs/answers.md; left out where all is'),
  strategy: z
    .enum(['map-reduce', 'refine', 'truncate'])
    .optional()
    .describe('How a text was dealt with that does not fit one request; with truncate its end was left out'),
  chunks: count.optional().describe('Parts that the text was cut into'),
  from: z
    .enum(['memory', 'cache', 'parts'])
    .optional()
    .describe(
      'Where the answer was known from, without a request: an identical one of this run, --cache, or a run that was interrupted',
    ),
  lane: z
    .enum(['batch'])
    .optional()
    .describe('Asked for in a batch, at the price of batches; left out where it was asked for online'),
  first_token_ms: count
    .optional()
    .describe('With --stream: from sending the request whose answer this is to its first token, in ms'),
  truncated: z.boolean().describe('Whether the summary was cut off at the limit of output tokens'),
});

const errorRow = z.object({
  ...common,
  status: z.literal('error'),
  error: z.object({
    code: z.string().describe('Stable code, listed in docs/errors.md'),
    message: z.string(),
    http_status: z.int().optional(),
    retryable: z.boolean().describe('Whether a later run may succeed'),
  }),
});

/** One row of the output. Later versions may add fields, so unknown ones are no error. */
export const resultRowSchema = z.discriminatedUnion('status', [okRow, errorRow]);

export type ResultRow = Readonly<z.infer<typeof okRow>> | Readonly<z.infer<typeof errorRow>>;

/** The schema of a row as JSON Schema (draft 2020-12): what `gistmill schema` prints. */
export function rowJsonSchema(): Record<string, unknown> {
  // As an input schema, since as an output schema zod would forbid all further fields.
  const schema = z.toJSONSchema(resultRowSchema, { io: 'input' });
  return { ...schema, title: 'gistmill result row' };
}
