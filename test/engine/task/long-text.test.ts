import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProviderError } from '../../../src/core/errors.ts';
import type { InputRecord } from '../../../src/core/record.ts';
import type { Completion, CompletionRequest } from '../../../src/core/request.ts';
import { ContextWindow } from '../../../src/engine/task/context-window.ts';
import { type LongTextParts, longText } from '../../../src/engine/task/long-text.ts';
import type { Step } from '../../../src/engine/task/task.ts';
import { stepPrompt } from '../helpers/step-prompt.ts';
import { wordTools } from '../helpers/word-tools.ts';

const words = (count: number): string => Array.from({ length: count }, (_, n) => `w${n}`).join(' ');
const recordOf = (text: string): InputRecord => ({
  ...{ id: 'a', index: 0, text, fields: { text }, contentHash: 'hash' },
  at: { file: 'in', line: 1 },
});
const wordCount = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;

interface Asked {
  readonly step: Step;
  readonly content: string;
  readonly request: CompletionRequest;
}

type Reply = (asked: Asked, n: number) => Partial<Completion> | Error;

async function run(
  text: string,
  parts: Partial<LongTextParts> & { context?: number },
  reply: Reply = () => ({}),
) {
  const asked: Asked[] = [];
  let open = 0;
  let mostOpen = 0;
  const tools = wordTools();
  const window = parts.window ?? new ContextWindow(parts.context);
  const task = longText({
    ...{ prompt: stepPrompt, tools, strategy: 'auto', window, overlapTokens: 0, breadth: 100 },
    answer: (request, _record, ask) => ask(request),
    ...parts,
  });
  const ask = async (request: CompletionRequest, step: Step = 'record'): Promise<Completion> => {
    const entry = { step, content: request.messages.map(({ content }) => content).join(' '), request };
    const answer = reply(entry, asked.length);
    asked.push(entry);
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
    if (answer instanceof Error) throw answer;
    return { text: 'short answer', finish: { unified: 'stop' }, usage: {}, ...answer };
  };
  const result = task.run(recordOf(text), ask);
  return { result, asked, tools, window, mostOpen: () => mostOpen };
}

const tooLong = (context?: { limit?: number; prompt?: number }) =>
  new ProviderError('context_too_long', 'the prompt is too long', { status: 400, context });

describe('a text that fits', () => {
  test('is asked for at once, without being counted where its bytes alone show that it fits', async () => {
    const { result, asked } = await run('a short text', {
      context: 4096,
      tools: { ...wordTools(), count: never },
    });
    expect(await result).toMatchObject({ text: 'short answer' });
    expect(asked.map(({ step, content }) => [step, content])).toEqual([['record', 'whole: a short text']]);
  });

  test('is asked for at once where nothing is known of the window', async () => {
    const { result, asked } = await run(words(5000), {});
    expect((await result).long).toBeUndefined();
    expect(asked).toHaveLength(1);
  });
});

async function never(): Promise<number> {
  throw new Error('counted');
}

describe('map-reduce', () => {
  test('asks for all parts at once, then joins their answers in order', async () => {
    const { result, asked, mostOpen } = await run(words(1000), { context: 400 }, ({ content }) => {
      const part = /^map (\d+)/.exec(content)?.[1];
      return { text: part === undefined ? 'the end' : `about ${part}` };
    });
    const answer = await result;
    const maps = asked.filter(({ step }) => step === 'map');
    expect(answer).toMatchObject({ text: 'the end', long: { strategy: 'map-reduce', chunks: maps.length } });
    expect(maps.length).toBeGreaterThan(3);
    expect(mostOpen()).toBe(maps.length);
    const joined = maps.map((_, n) => `about ${n + 1}`).join(' | ');
    expect(asked.at(-1)).toMatchObject({ step: 'reduce', content: `reduce last: ${joined}` });
  });

  test('sends no text twice, so that parts of one record are never taken for the whole', async () => {
    const { result, asked } = await run(words(1000), { context: 400 });
    await result;
    expect(asked.filter(({ request }) => request.document.contentHash !== undefined)).toEqual([]);
  });

  test('joins neighbours in rounds where not all answers fit one request', async () => {
    const { result, asked } = await run(words(6000), { context: 400 }, ({ step }) => ({
      text: step === 'map' ? words(60) : words(30),
    }));
    await result;
    const inner = asked.filter(({ content }) => content.startsWith('reduce:'));
    expect(inner.length).toBeGreaterThan(1);
    expect(asked.at(-1)?.content).toMatch(/^reduce last:/);
  });

  test('ends with an error where answers do not become shorter', async () => {
    const { result, asked } = await run(words(3000), { context: 400 }, ({ content }) => ({
      text: words(Math.min(280, wordCount(content))),
    }));
    await expect(result).rejects.toMatchObject({ code: 'cannot_reduce' });
    expect(asked.length).toBeLessThan(200);
  });

  test('with all its requests stays inside the window, and always ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          length: fc.integer({ min: 1, max: 4000 }),
          context: fc.integer({ min: 120, max: 2000 }),
          answers: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
          overlap: fc.integer({ min: 0, max: 200 }),
          strategy: fc.constantFrom('auto', 'map-reduce', 'refine', 'truncate') as fc.Arbitrary<'auto'>,
        }),
        async ({ length, context, answers, overlap, strategy }) => {
          const { result, asked } = await run(
            words(length),
            { context, overlapTokens: overlap, strategy },
            (_, n) => ({ text: words(answers[n % answers.length] ?? 1) }),
          );
          const end = await result.catch((error) => error);
          if (end instanceof Error) expect(end).toMatchObject({ code: 'cannot_reduce' });
          for (const { content } of asked) expect(wordCount(content)).toBeLessThanOrEqual(context * 0.75);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('covers the whole text, in order', async () => {
    const text = words(2000);
    const { result, asked } = await run(text, { context: 300 });
    await result;
    const covered = asked
      .filter(({ step }) => step === 'map')
      .map(({ request }) => request.document.text)
      .join(' ');
    expect(covered).toBe(text);
  });

  test('begins nothing more after a part has failed, and lets what is begun end', async () => {
    let ended = 0;
    const { result, asked } = await run(words(3000), { context: 300, breadth: 3 }, (_, n) => {
      if (n === 0) return new ProviderError('content_filtered', 'refused');
      ended += 1;
      return {};
    });
    await expect(result).rejects.toMatchObject({ code: 'content_filtered' });
    expect(asked).toHaveLength(3);
    expect(ended).toBe(2);
  });

  test('cuts a text that would fit where --chunk-tokens asks for it', async () => {
    const { result, asked } = await run(words(300), { strategy: 'map-reduce', chunkTokens: 100 });
    expect((await result).long?.chunks).toBe(3);
    expect(asked).toHaveLength(4);
  });

  test('marks the answer where one about a part was cut off', async () => {
    const { result } = await run(words(1000), { context: 400 }, ({ content }) =>
      content.startsWith('map 2/') ? { finish: { unified: 'length' } } : {},
    );
    expect((await result).warnings).toEqual(['part_truncated']);
  });

  test('says so where the prompt leaves no room for a text', async () => {
    const { result } = await run(words(100), { context: 20 });
    await expect(result).rejects.toMatchObject({ code: 'context_too_long' });
  });

  test('teaches the tools how the endpoint counts', async () => {
    const { result, tools } = await run(words(1000), { context: 400 }, () => ({
      usage: { inputTokens: 500 },
    }));
    await result;
    expect(tools.learnt.length).toBeGreaterThan(2);
    expect(tools.learnt.every(([, reported]) => reported === 500)).toBe(true);
  });
});

describe('refine', () => {
  test('carries the answer on from part to part', async () => {
    const { result, asked } = await run(words(500), { context: 400, strategy: 'refine' }, (_, n) => ({
      text: `answer ${n}`,
    }));
    const answer = await result;
    expect(asked.map(({ content }) => content.replace(/w\d.*/, '…'))).toEqual([
      expect.stringMatching(/^map 1\/\d: …$/),
      ...asked
        .slice(1)
        .map((_, n) => expect.stringMatching(new RegExp(`^refine ${n + 2}/\\d: answer ${n} \\+ …$`))),
    ]);
    expect(answer).toMatchObject({
      text: `answer ${asked.length - 1}`,
      long: { strategy: 'refine', chunks: asked.length },
    });
  });
});

describe('truncate', () => {
  test('asks for the beginning alone, and marks the answer', async () => {
    const { result, asked } = await run(words(1000), { context: 400, strategy: 'truncate' });
    expect((await result).long).toEqual({ strategy: 'truncate', chunks: 1 });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.content).toMatch(/^whole: w0 w1 /);
  });
});

describe('fail and single', () => {
  test('fail sends nothing for a text that does not fit', async () => {
    const { result, asked } = await run(words(1000), { context: 400, strategy: 'fail' });
    await expect(result).rejects.toMatchObject({ code: 'context_too_long' });
    expect(asked).toEqual([]);
  });

  test('single sends it whole, once', async () => {
    const { result, asked } = await run(words(1000), { context: 400, strategy: 'single' }, () =>
      tooLong({ limit: 400 }),
    );
    await expect(result).rejects.toMatchObject({ code: 'context_too_long' });
    expect(asked).toHaveLength(1);
  });
});

describe('a window that the endpoint makes known', () => {
  test('by refusing a text is learnt once for all texts, and the text summarised in parts', async () => {
    const window = new ContextWindow();
    const refuse: Reply = ({ step }) => (step === 'record' ? tooLong({ limit: 500, prompt: 1100 }) : {});
    const first = await run(words(1000), { window }, refuse);
    expect((await first.result).long?.strategy).toBe('map-reduce');
    expect(first.asked.filter(({ step }) => step === 'record')).toHaveLength(1);
    expect(window.tokens).toBe(500);
    const second = await run(words(1000), { window }, refuse);
    await second.result;
    expect(second.asked.filter(({ step }) => step === 'record')).toEqual([]);
  });

  test('that it does not name is taken as half of what it refused', async () => {
    const { result, window } = await run(words(1000), {}, ({ step }) => (step === 'record' ? tooLong() : {}));
    expect((await result).long?.strategy).toBe('map-reduce');
    expect(window.tokens).toBeLessThan(520);
  });

  test('and is smaller than was thought leads to smaller parts, once', async () => {
    const { result, asked } = await run(words(1000), { context: 600 }, ({ content }) =>
      wordCount(content) > 300 ? tooLong() : {},
    );
    await expect(result).resolves.toMatchObject({ long: { strategy: 'map-reduce' } });
    const again = await run(words(1000), { context: 600 }, () => tooLong());
    await expect(again.result).rejects.toMatchObject({ code: 'context_too_long' });
    expect(asked.length).toBeLessThan(20);
  });

  test('by the tokens that it has read, far fewer than were sent, is learnt too', async () => {
    const text = Array.from({ length: 3000 }, (_, n) => `word${n}`).join(' ');
    const { result, window } = await run(text, {}, ({ step }) => ({
      usage: { inputTokens: step === 'record' ? 1024 : 300 },
    }));
    expect((await result).long?.strategy).toBe('map-reduce');
    expect(window.tokens).toBe(1024);
    const once = await run(text, { strategy: 'single' }, () => ({ usage: { inputTokens: 1024 } }));
    await expect(once.result).rejects.toMatchObject({ code: 'context_too_long' });
  });
});
