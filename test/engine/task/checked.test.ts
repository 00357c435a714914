import { describe, expect, test } from 'vitest';
import type { AnswerCheck, AnswerReader } from '../../../src/core/answer-check.ts';
import { AppError, ProviderError } from '../../../src/core/errors.ts';
import type { InputRecord } from '../../../src/core/record.ts';
import type { Completion, CompletionRequest } from '../../../src/core/request.ts';
import { type CheckedParts, checked } from '../../../src/engine/task/checked.ts';

const record: InputRecord = {
  ...{ id: 'a', index: 0, text: 'a text', fields: {}, contentHash: 'hash' },
  at: { file: 'in', line: 1 },
};
const request: CompletionRequest = {
  model: 'm',
  messages: [{ role: 'user', content: 'a text' }],
  params: {},
  document: { text: 'a text', fields: {}, contentHash: 'hash' },
};

/** Takes what begins with a brace. */
const reader: AnswerReader = {
  read: (answer) =>
    answer.startsWith('{')
      ? { ok: true, data: { said: answer } }
      : { ok: false, fault: `"${answer}"\nis no data.` },
};
const short: AnswerCheck = {
  code: 'too_long',
  fault: (answer) => (answer.length > 30 ? `It has ${answer.length} letters.` : undefined),
};
const polite: AnswerCheck = {
  code: 'rude',
  fault: (answer) => (answer.includes('please') ? undefined : 'Say please.'),
};

async function run(parts: Partial<CheckedParts>, replies: readonly (string | Partial<Completion> | Error)[]) {
  const asked: CompletionRequest[] = [];
  const result = checked({ checks: [], ...parts })(request, record, async (next) => {
    const reply = replies[asked.length];
    asked.push(next);
    if (reply === undefined) throw new Error('asked too often');
    if (reply instanceof Error) throw reply;
    const answer = typeof reply === 'string' ? { text: reply } : reply;
    return { text: '', finish: { unified: 'stop' }, usage: {}, ...answer };
  });
  const outcome = await result.then(
    (answer) => answer,
    (error: unknown) => error,
  );
  return { outcome, asked };
}

describe('an answer that has to be data', () => {
  test('is taken with its data, and with nothing else as its text', async () => {
    const { outcome, asked } = await run({ reader }, ['{"a":1}']);
    expect(outcome).toMatchObject({ data: { said: '{"a":1}' }, text: '{"said":"{\\"a\\":1}"}' });
    expect(asked).toEqual([request]);
  });

  test('is asked for again with itself and what is wrong, each time after the request itself', async () => {
    const { outcome, asked } = await run({ reader }, ['prose', 'more prose', '{}']);
    expect(outcome).toMatchObject({ data: { said: '{}' } });
    expect(asked).toHaveLength(3);
    expect(asked[2]?.messages).toEqual([
      ...request.messages,
      { role: 'assistant', content: 'more prose' },
      {
        role: 'user',
        content: expect.stringMatching(/^This is no better\. "more prose"\nis no data\.\n\nAnswer once more/),
      },
    ]);
  });

  test('is never asked for by the same request: that would get the same answer', async () => {
    const { asked } = await run({ reader }, ['prose', 'prose', 'prose']);
    expect(new Set(asked.map(({ messages }) => JSON.stringify(messages))).size).toBe(3);
  });

  test('is another request than the content alone: two that differ by the fault are not answered as one', async () => {
    const { asked } = await run({ reader }, ['prose', '{}']);
    expect(asked.map(({ document }) => document.contentHash)).toEqual(['hash', undefined]);
  });

  test('fails the record with the last fault, in one line, after three answers', async () => {
    const { outcome, asked } = await run({ reader }, ['one', 'two', 'three']);
    expect(asked).toHaveLength(3);
    expect(outcome).toMatchObject({ code: 'invalid_answer', retryable: true });
    expect((outcome as AppError).message).toMatch(/^no answer .* "three" is no data\.$/);
  });

  test('that was cut off is a fault of its own kind, though its beginning may look whole', async () => {
    const cut: Partial<Completion> = { text: '{"a":1}', finish: { unified: 'length' } };
    const { outcome, asked } = await run({ reader }, [cut, '{}']);
    expect(outcome).toMatchObject({ text: '{"said":"{}"}' });
    expect(asked[1]?.messages.at(-1)?.content).toContain('was cut off');
    const failed = await run({ reader }, [cut, cut, cut]);
    expect(failed.outcome).toMatchObject({
      code: 'invalid_answer',
      hint: expect.stringContaining('--max-output-tokens'),
    });
  });

  test('is not shown to the model again beyond a bound', async () => {
    const { asked } = await run({ reader }, ['x'.repeat(1_000_000), '{}']);
    expect(asked[1]?.messages.at(-2)?.content.length).toBeLessThan(10_000);
  });

  test('does not become a text that is too long because the next request is', async () => {
    const { outcome } = await run({ reader }, ['prose', new ProviderError('context_too_long', 'too long')]);
    expect(outcome).toMatchObject({ code: 'invalid_answer' });
    const other = await run({ reader }, ['prose', new ProviderError('timeout', 'no answer')]);
    expect(other.outcome).toMatchObject({ code: 'timeout' });
  });
});

describe('an answer that misses checks', () => {
  const checks = [short, polite];
  const long = 'a far too long answer, which is rude';

  test('is asked for again once, with all that is wrong', async () => {
    const { outcome, asked } = await run({ checks }, [long, 'please']);
    expect(outcome).toMatchObject({ text: 'please' });
    expect((outcome as Completion).warnings).toBeUndefined();
    expect(asked[1]?.messages.at(-1)?.content).toMatch(/^It has 36 letters\. Say please\.\n\n/);
  });

  test('stands where it misses fewer than the next, else the next does, marked with what it misses', async () => {
    const first = await run({ checks }, ['rude', long]);
    expect(first.outcome).toMatchObject({ text: 'rude', warnings: ['rude'] });
    const second = await run({ checks }, [long, 'rude']);
    expect(second.outcome).toMatchObject({ text: 'rude', warnings: ['rude'] });
    const later = await run({ checks }, ['rude', 'ruder']);
    expect(later.outcome).toMatchObject({ text: 'ruder', warnings: ['rude'] });
  });

  test('stands where no other answer comes, unless the run itself stops', async () => {
    for (const error of [new ProviderError('timeout', 'late'), new AppError('record_deadline', 'too late')]) {
      expect((await run({ checks }, ['rude', error])).outcome).toMatchObject({ warnings: ['rude'] });
    }
    const stop = new AppError('interrupted', 'stopped');
    expect((await run({ checks }, ['rude', stop])).outcome).toBe(stop);
  });

  test('has the texts within its data checked, and is kept where the next is no data', async () => {
    const { outcome, asked } = await run({ reader, checks: [polite] }, ['{rude}', 'prose']);
    expect(outcome).toMatchObject({ data: { said: '{rude}' }, warnings: ['rude'] });
    expect(asked).toHaveLength(2);
  });

  test('has budgets apart for data and for checks', async () => {
    const { outcome, asked } = await run({ reader, checks: [polite] }, ['one', 'two', '{rude}', '{please}']);
    expect(outcome).toMatchObject({ data: { said: '{please}' } });
    expect((outcome as Completion).warnings).toBeUndefined();
    expect(asked).toHaveLength(4);
  });
});

describe('answers of an earlier run', () => {
  const known = (text: string): Partial<Completion> => ({ text, from: 'cache' });

  test('that lead to data are used as they are', async () => {
    const { outcome, asked } = await run({ reader }, [known('prose'), known('{}')]);
    expect(outcome).toMatchObject({ data: { said: '{}' } });
    expect(asked.some(({ anew }) => anew)).toBe(false);
  });

  test('do not fail the record once more: all is asked anew', async () => {
    const { outcome, asked } = await run({ reader }, [known('1'), known('2'), known('3'), 'prose', '{}']);
    expect(outcome).toMatchObject({ data: { said: '{}' } });
    expect(asked.map(({ anew }) => anew)).toEqual([undefined, undefined, undefined, true, true]);
  });

  test('count where this run has asked for some of them itself', async () => {
    const { outcome, asked } = await run({ reader }, [known('1'), '2', '3']);
    expect(outcome).toMatchObject({ code: 'invalid_answer' });
    expect(asked).toHaveLength(3);
  });
});
