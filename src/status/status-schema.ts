import { z } from 'zod';

const count = z.int().nonnegative();
const line = z.int().positive();
/** Null without `--input`. */
const ofInput = count.nullable();
const record = z.object({ id: z.string(), file: z.string(), line });

/** What `gistmill status --json` prints. Null is unknown, which is not 0. Later versions may add fields. */
export const statusSchema = z.object({
  file: z.string(),
  done: z.boolean().describe('Whether everything is done and fine: exit code 0, else 1'),
  run: z.object({
    state: z
      .enum(['none', 'running', 'died'])
      .describe('Whether a run has the file now; died: one was killed while it had it, and none went on'),
    pid: count.nullable(),
    host: z.string().nullable(),
    since: z.string().nullable().describe('ISO 8601'),
  }),
  records: z
    .object({
      total: ofInput.describe('Records of the input: ok, failed, missing and stale together'),
      ok: count,
      failed: count,
      missing: ofInput.describe('In the input, without a row'),
      stale: ofInput.describe('Rows of success that were made of another text, or other fields, than now'),
      truncated: count.describe('Among ok: cut off at the limit of output tokens'),
    })
    .describe('Without --input, those that have a row'),
  failed_by_code: z.record(z.string(), count),
  rows: z.object({
    total: count.describe('All rows of the file'),
    unexpected: ofInput.describe('Of no record in the input'),
    duplicates: count.describe('Followed by another row of the same record, which is the one that counts'),
  }),
  lines: z.object({
    damaged: count.describe('Lines that are no JSON'),
    foreign: line.nullable().describe('The first line that is JSON but no row with a key'),
    end: z
      .enum(['ended', 'unended', 'torn', 'cut'])
      .describe('unended: only the line end is missing; torn: a row begins; cut: compressed data break off'),
  }),
  tokens: z
    .object({ input: ofInput, output: ofInput, rows_unknown: count })
    .describe('Of all rows that tell them; null where rows_unknown do not, and no other has any'),
  cost: z.object({ usd: z.number().nonnegative().nullable(), rows_unknown: count }),
  made_by: z
    .array(
      z.object({
        name: z.string().describe('As made_by in the rows'),
        rows: count,
        provider: z.string().nullable(),
        model: z.string().nullable(),
        url: z.string().nullable(),
      }),
    )
    .describe('The settings that made the rows that count; null where the file beside it does not tell'),
  first: z
    .object({
      missing: z.array(record),
      stale: z.array(record),
      unexpected: z.array(line),
      duplicates: z.array(line),
      damaged: z.array(line),
    })
    .describe('The first few of each: records of the input, lines of the file'),
});

export type Status = Readonly<z.infer<typeof statusSchema>>;
