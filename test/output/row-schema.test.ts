import { describe, expect, it } from 'vitest';
import { resultRowSchema, rowJsonSchema } from '../../src/output/row-schema.ts';
import { toRow } from '../../src/output/to-row.ts';
import { brokenOutcome, okOutcome } from './helpers/outcomes.ts';

const written = (row: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(row));

describe('the schema of a row', () => {
  it('accepts rows to which a later version has added fields', () => {
    const row = { ...written(toRow(okOutcome(0))), fingerprint: 'abc' };
    expect(resultRowSchema.safeParse(row).success).toBe(true);
  });

  it('refuses a row that is neither a summary nor an error', () => {
    const { summary: _, ...noSummary } = written(toRow(okOutcome(0)));
    expect(resultRowSchema.safeParse(noSummary).success).toBe(false);
    const { error: __, ...noError } = written(toRow(brokenOutcome(0)));
    expect(resultRowSchema.safeParse(noError).success).toBe(false);
  });

  it('becomes a JSON Schema with both kinds of row, open to further fields', () => {
    const schema = rowJsonSchema();
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'gistmill result row',
      oneOf: [{ properties: { status: { const: 'ok' } } }, { properties: { status: { const: 'error' } } }],
    });
    expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false');
  });
});
