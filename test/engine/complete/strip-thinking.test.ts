import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Completion } from '../../../src/core/request.ts';
import { checkAnswer } from '../../../src/engine/complete/check-answer.ts';
import type { Call } from '../../../src/engine/complete/complete.ts';
import { stripThinking } from '../../../src/engine/complete/strip-thinking.ts';
import { withoutThinking } from '../../../src/engine/complete/thinking.ts';

describe('what a model thinks aloud is taken out of its answer', () => {
  test.each([
    ['<think>x</think>S', 'S'],
    ['\n<think>\nx < y & </b>\n</think>\n\nS\n', 'S\n'],
    ['<think></think>\n\nS', 'S'],
    ['<think>one</think><think>two</think>S', 'S'],
    ['<THINK>x</THINK>S', 'S'],
    ['<thinking>x</thinking> S', 'S'],
    ['<reasoning>x</reasoning>S', 'S'],
    ['<seed:think>x</seed:think>S', 'S'],
    ['[THINK]x[/THINK]S', 'S'],
    ['◁think▷x◁/think▷S', 'S'],
    ['x</think>S', 'S'],
    ['Let me see. 2 is more.\n</think>\n\nS', 'S'],
    ['x.[/THINK]S', 'S'],
    ['</think>S', 'S'],
    ['<think>x</think>S about <think>y</think>', 'S about <think>y</think>'],
    ['<|channel|>analysis<|message|>x<|end|><|start|>assistant<|channel|>final<|message|>S<|return|>', 'S'],
    ['<|start|>assistant<|channel|>final<|message|>S', 'S'],
    ['<|channel|>final <|constrain|>JSON<|message|>{"a":1}', '{"a":1}'],
    ['analysisWe need a summary. Fine.assistantfinalS', 'S'],
  ])('%j', (text, answer) => {
    expect(withoutThinking(text, false)).toBe(answer);
  });

  test('also where only its tag is left over beside thinking that came apart', () => {
    expect(withoutThinking('<think>S', true)).toBe('S');
    expect(withoutThinking('</think>\nS', true)).toBe('S');
    expect(withoutThinking('S says </think> S', true)).toBe('S says </think> S');
  });

  test('and leaves nothing where there is nothing else', () => {
    for (const text of ['<think>x', '<think>x</think>', 'x</think>', '<|channel|>analysis<|message|>x']) {
      expect(withoutThinking(text, false)).toBe('');
    }
  });
});

describe('a text stays as it is', () => {
  test.each([
    'Models write <think> before they answer.',
    'Models wrap their thoughts in <think> and </think>, which servers take out.',
    'The tag </think> ends the thoughts.',
    'They end with "</think>" or with `</think>`.',
    'Its closing tag is </think>.',
    '<p>HTML with </b> in it</p>',
    '<b>think</b> again',
    '[1] is a reference, [/2] is none',
    '<|im_start|> is a special token',
    'analysis of the assistant: final',
    '{"note": "x</think>y"}',
    'I think, therefore </i> am',
    '',
    ' \n',
  ])('%j', (text) => {
    expect(withoutThinking(text, false)).toBe(text);
  });

  test('whatever it is, where it holds no tag', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!/[<[◁]|^\s*analysis/.test(text));
        expect(withoutThinking(text, false)).toBe(text);
      }),
    );
  });
});

describe('the stack', () => {
  const ask = (answer: Partial<Completion>) => {
    const complete = checkAnswer(
      stripThinking(async () => ({ text: '', finish: { unified: 'stop' }, usage: {}, ...answer })),
    );
    const request = { model: 'm', messages: [], params: {}, document: { text: '', fields: {} } };
    return complete(request, {} as Call);
  };

  test('tells thinking that was cut off by the limit from an answer', async () => {
    const cut = { text: '<think>on and on', finish: { unified: 'length' } } as const;
    await expect(ask(cut)).rejects.toMatchObject({ code: 'output_budget_spent' });
    await expect(ask({ text: '<think>x</think>' })).rejects.toMatchObject({ code: 'empty_answer' });
    expect(await ask({ ...cut, reasoning: true })).toMatchObject({ text: 'on and on' });
  });
});
