import { describe, expect, it } from 'vitest';
import type { Completion, Finish } from '../../../src/core/request.ts';
import { checkAnswer } from '../../../src/engine/complete/check-answer.ts';
import { EffortMeter } from '../../../src/engine/effort-meter.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { requestFor } from '../helpers/records.ts';

function check(text: string, finish: Finish, maxOutputTokens?: number): Promise<Completion> {
  const complete = checkAnswer(async () => ({ text, finish, usage: {}, requestId: 'req-1' }));
  const call = { id: 'a', effort: new EffortMeter(new VirtualClock()), priority: 0 };
  return complete(requestFor('x', maxOutputTokens), call);
}

describe('an answer', () => {
  it.each(['stop', 'length', 'other'] as const)('with text is good (finish %s)', async (unified) => {
    expect(await check('text', { unified })).toMatchObject({ text: 'text' });
  });

  it.each(['', ' ', '\n\t\u00a0'])('without text is a failure worth a second try: %j', async (text) => {
    await expect(check(text, { unified: 'stop' })).rejects.toMatchObject({
      code: 'empty_answer',
      requestId: 'req-1',
    });
  });

  it('without text whose budget was used up says which option to raise', async () => {
    await expect(check('', { unified: 'length' }, 30)).rejects.toMatchObject({
      code: 'output_budget_spent',
      message: 'the whole output budget of 30 tokens was used before any text came',
      hint: 'raise --max-output-tokens',
    });
    await expect(check('', { unified: 'length' })).rejects.toThrow('the whole output budget was used');
  });

  it('that was filtered is a failure, even with some text', async () => {
    await expect(check('I ca', { unified: 'filter', raw: 'content_filter' })).rejects.toMatchObject({
      code: 'content_filtered',
      message: 'the endpoint refused the content (finish reason content_filter)',
    });
  });
});
