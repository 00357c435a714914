import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { ProviderError } from '../../../src/core/errors.ts';
import type { Completion, CompletionRequest } from '../../../src/core/request.ts';
import { type OnTruncated, onTruncated } from '../../../src/engine/complete/on-truncated.ts';
import { EffortMeter } from '../../../src/engine/effort-meter.ts';
import { requestFor } from '../helpers/records.ts';

const call = { id: 'a', effort: new EffortMeter(systemClock), priority: 0 };
const cut = (outputTokens?: number): Completion => ({
  text: 'half an ans',
  finish: { unified: 'length', raw: 'length' },
  usage: outputTokens === undefined ? {} : { outputTokens },
});
const whole: Completion = { text: 'an answer', finish: { unified: 'stop' }, usage: {} };
const spent = new ProviderError('output_budget_spent', 'nothing came');

async function run(mode: OnTruncated, request: CompletionRequest, replies: readonly (Completion | Error)[]) {
  const asked: CompletionRequest[] = [];
  const complete = onTruncated(async (request) => {
    const reply = replies[Math.min(asked.length, replies.length - 1)];
    asked.push(request);
    if (reply instanceof Error) throw reply;
    return reply ?? whole;
  }, mode);
  const answer = await complete(request, call).catch((error: unknown) => error);
  return { answer, asked };
}

describe('an answer that was cut off at the limit of output tokens', () => {
  test('keep: stands as it is', async () => {
    const { answer, asked } = await run('keep', requestFor('x', 100), [cut()]);
    expect(answer).toEqual(cut());
    expect(asked).toHaveLength(1);
  });

  test('fail: fails the record', async () => {
    const { answer } = await run('fail', requestFor('x', 100), [cut()]);
    expect(answer).toMatchObject({
      code: 'answer_truncated',
      message: expect.stringContaining('100 tokens'),
    });
  });

  test('retry: is asked for again with twice the budget until it is whole', async () => {
    const { answer, asked } = await run('retry', requestFor('x', 100), [cut(), cut(), whole]);
    expect(answer).toBe(whole);
    expect(asked.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([100, 200, 400]);
  });

  test('retry: ends at eight times the budget, and keeps what came then', async () => {
    const { answer, asked } = await run('retry', requestFor('x', 100), [cut()]);
    expect(answer).toEqual(cut());
    expect(asked.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([100, 200, 400, 800]);
  });

  test('retry: starts from what was used where no budget was set', async () => {
    const { asked } = await run('retry', requestFor('x'), [cut(300), whole]);
    expect(asked.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([undefined, 600]);
  });

  test('retry: raises a budget that stands among the parameters', async () => {
    const request = { ...requestFor('x'), params: { max_completion_tokens: 50, top_p: 1 } };
    const { asked } = await run('retry', request, [cut(), whole]);
    expect(asked[1]?.params).toEqual({ max_completion_tokens: 100, top_p: 1 });
  });
});

describe('an answer of which nothing came before its budget was used up', () => {
  test('retry: is asked for again, with a larger budget', async () => {
    const { answer, asked } = await run('retry', requestFor('x', 100), [spent, whole]);
    expect(answer).toBe(whole);
    expect(asked[1]?.maxOutputTokens).toBe(200);
  });

  test('retry: fails the record in the end', async () => {
    const { answer, asked } = await run('retry', requestFor('x', 100), [spent]);
    expect(answer).toBe(spent);
    expect(asked).toHaveLength(4);
  });

  test.each(['keep', 'fail'] as const)('%s: fails the record at once', async (mode) => {
    const { answer, asked } = await run(mode, requestFor('x', 100), [spent]);
    expect(answer).toBe(spent);
    expect(asked).toHaveLength(1);
  });
});
