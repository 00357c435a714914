import { expect, test } from 'vitest';
import { ProviderError } from '../../../src/core/errors.ts';
import { Events } from '../../../src/core/events.ts';
import type { ErrorCode } from '../../../src/core/failures.ts';
import type { InputRecord } from '../../../src/core/record.ts';
import type { Completion } from '../../../src/core/request.ts';
import type { Complete } from '../../../src/engine/complete/complete.ts';
import { type BatchAnswer, FromBatch } from '../../../src/engine/complete/from-batch.ts';
import type { OnTruncated } from '../../../src/engine/complete/on-truncated.ts';
import { EffortMeter } from '../../../src/engine/effort-meter.ts';
import type { Task } from '../../../src/engine/task/task.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { requestFor } from '../helpers/records.ts';

const record: InputRecord = {
  id: 'a',
  index: 0,
  text: 'x',
  fields: {},
  at: { file: 'in', line: 1 },
  key: 'k',
};
const completion = (text: string, unified: Completion['finish']['unified'] = 'stop'): Completion => ({
  ...{ text, finish: { unified }, usage: { inputTokens: 10, outputTokens: 4 } },
});
const answered = (text: string, unified?: Completion['finish']['unified']): BatchAnswer => ({
  answer: () => completion(text, unified),
});
const failed = (code: ErrorCode): BatchAnswer => ({
  answer: () => {
    throw new ProviderError(code, 'no');
  },
});

interface Settings {
  readonly online?: boolean;
  readonly onTruncated?: OnTruncated;
  /** What is asked for the record. Default: one request. */
  readonly task?: Task;
}

/** What becomes of a record for which a batch has brought this. */
async function outcome(
  brought: BatchAnswer | undefined,
  { online = true, onTruncated = 'keep', task }: Settings = {},
) {
  const clock = new VirtualClock();
  const events = new Events();
  const costs: unknown[] = [];
  events.on('attemptEnd', ({ costUsd, error }) => costs.push(error?.code ?? costUsd));
  const fromBatch = new FromBatch({
    ...{ take: () => brought, online, onTruncated, clock, emit: events.emit },
    costOf: ({ inputTokens = 0, outputTokens = 0 }) => inputTokens + outputTokens,
  });
  let asked = 0;
  const next: Complete = async () => {
    asked += 1;
    return completion('online');
  };
  const complete = fromBatch.complete(next);
  const effort = new EffortMeter(clock);
  const one: Task = task ?? { run: (_, ask) => ask(requestFor('x')) };
  const call = { id: 'a', effort, priority: 0 };
  const answer = await fromBatch
    .task(one)
    .run(record, (request) => complete(request, call))
    .catch((error: { code: string }) => error.code);
  return {
    answer: typeof answer === 'string' ? answer : [answer.text, answer.lane],
    asked,
    costs,
    total: effort.total(),
  };
}

test('an answer of the batch costs an attempt and its tokens, at the price of batches', async () => {
  expect(await outcome(answered('good'))).toMatchObject({
    ...{ answer: ['good', 'batch'], asked: 0, costs: [14] },
    total: { attempts: 1, costUsd: 14, usage: { inputTokens: 10, outputTokens: 4 } },
  });
});

test('the same request for another record costs nothing more', async () => {
  expect(await outcome({ ...answered('good'), isShared: true })).toMatchObject({
    costs: [],
    total: { attempts: 0 },
  });
});

test.each([
  [failed('server_error'), true, ['online', undefined], 1],
  [failed('server_error'), false, 'batch_unanswered', 0],
  [failed('rate_limited'), true, ['online', undefined], 1],
  [answered(' '), true, ['online', undefined], 1],
  [answered(' '), false, 'batch_unanswered', 0],
  [{ why: 'expired' }, true, ['online', undefined], 1],
  [{ why: 'expired' }, false, 'batch_unanswered', 0],
  [undefined, true, ['online', undefined], 1],
  [undefined, false, 'batch_unanswered', 0],
  // Online it would be no better.
  [failed('bad_request'), true, 'bad_request', 0],
  [failed('content_filtered'), false, 'content_filtered', 0],
  [failed('context_too_long'), true, 'context_too_long', 0],
] as const)(
  'case %#: what is not good is asked for online, where that is wanted and may help',
  async (brought, online, answer, asked) => {
    expect(await outcome(brought, { online })).toMatchObject({ answer, asked });
  },
);

test.each([
  ['keep', true, ['cut', 'batch'], 0],
  ['retry', true, ['online', undefined], 1],
  ['retry', false, ['cut', 'batch'], 0],
  ['fail', true, 'answer_truncated', 0],
] as const)(
  'an answer that was cut off, with --on-truncated %s (online: %s)',
  async (onTruncated, online, answer, asked) => {
    expect(await outcome(answered('cut', 'length'), { onTruncated, online })).toMatchObject({
      answer,
      asked,
    });
  },
);

test('what a model thinks aloud is taken out', async () => {
  expect((await outcome(answered('<think>hm</think>good'))).answer).toEqual(['good', 'batch']);
});

test('only the first request for the whole record is answered by the batch', async () => {
  const again: Task = {
    run: async (_, ask) => {
      await ask(requestFor('x'));
      return ask(requestFor('x again'));
    },
  };
  expect(await outcome(answered('good'), { task: again })).toMatchObject({
    answer: ['online', undefined],
    asked: 1,
  });
  const inParts: Task = { run: (_, ask) => ask(requestFor('part'), 'map') };
  expect(await outcome(answered('good'), { task: inParts })).toMatchObject({
    answer: ['online', undefined],
    asked: 1,
  });
});
