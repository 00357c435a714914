import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { resultRowSchema } from '../../src/output/row-schema.ts';
import { toRow } from '../../src/output/to-row.ts';
import { brokenOutcome, failedOutcome, okOutcome } from './helpers/outcomes.ts';

describe('the row of an outcome', () => {
  it('holds the summary and what it took', () => {
    expect(toRow(okOutcome(3))).toEqual({
      id: 'a-3',
      index: 3,
      status: 'ok',
      summary: 'Summary of record 3.',
      model: 'my-model',
      finish_reason: 'stop',
      truncated: false,
      usage: { input_tokens: 52, output_tokens: 17 },
      attempts: 1,
      latency_ms: 413,
      at: { file: 'articles.jsonl', line: 4 },
    });
  });

  it('says how soon the first token of a streamed answer came, but not for one known from elsewhere', () => {
    const outcome = okOutcome(0);
    if (!outcome.ok) throw new Error('no answer');
    const answer = { ...outcome.answer, timing: { firstTokenMs: 120.4, outputMs: 900 } };
    expect(toRow({ ...outcome, answer })).toMatchObject({ first_token_ms: 120 });
    const known = toRow({ ...outcome, answer: { ...answer, from: 'memory' } });
    expect(known).toHaveProperty('first_token_ms', undefined);
  });

  it('says when the summary was cut off', () => {
    expect(toRow(okOutcome(0, { finish: 'length' }))).toMatchObject({
      finish_reason: 'length',
      truncated: true,
    });
  });

  it('holds the data of an answer and what it is warned of, where there are any', () => {
    const row = toRow(okOutcome(0, { data: null, warnings: ['too_long'] }));
    expect(resultRowSchema.parse(JSON.parse(JSON.stringify(row)))).toMatchObject({
      data: null,
      warnings: ['too_long'],
    });
    expect(JSON.stringify(toRow(okOutcome(0, { warnings: [] })))).not.toMatch(/data|warnings/);
  });

  it('holds the error, its HTTP status and whether another try is worth it', () => {
    expect(toRow(failedOutcome(2))).toMatchObject({
      id: 'a-2',
      status: 'error',
      error: {
        code: 'server_error',
        message: 'HTTP 503: try again later',
        http_status: 503,
        retryable: true,
      },
      attempts: 6,
    });
  });

  it('keeps the place of a record that could not be read', () => {
    const row = JSON.parse(JSON.stringify(toRow(brokenOutcome(6), ['title'])));
    expect(row).toEqual({
      id: 'articles.jsonl:7',
      index: 6,
      status: 'error',
      error: {
        code: 'invalid_json',
        message: 'not valid JSON: Unexpected end of JSON input',
        retryable: false,
      },
      usage: {},
      attempts: 0,
      latency_ms: 0,
      at: { file: 'articles.jsonl', line: 7 },
      input: {},
    });
  });

  it('leaves unknown token counts out rather than calling them 0', () => {
    expect(JSON.stringify(toRow(failedOutcome(0)))).toContain('"usage":{}');
  });

  it('fits the schema, whatever was kept', () => {
    const kinds = fc.constantFrom(okOutcome, failedOutcome, brokenOutcome);
    const keep = fc.option(fc.oneof(fc.constant('all' as const), fc.array(fc.string())), { nil: undefined });
    fc.assert(
      fc.property(kinds, fc.dictionary(fc.string(), fc.jsonValue()), keep, (kind, fields, names) => {
        const outcome = kind(1);
        const withFields = {
          ...outcome,
          record: { ...outcome.record, fields: fields as JsonObject },
        } as Outcome;
        resultRowSchema.parse(toRow(withFields, names));
      }),
    );
  });
});
