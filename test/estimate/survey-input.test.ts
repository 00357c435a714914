import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import type { InputRow, Source } from '../../src/core/record.ts';
import { single } from '../../src/engine/task/single.ts';
import type { EndpointShape } from '../../src/estimate/billed-texts.ts';
import { surveyInput } from '../../src/estimate/survey-input.ts';
import { seededDraw } from '../../src/mock/seeded-random.ts';
import { createPrompt } from '../../src/prompt/create-prompt.ts';
import { loadTokenCounter, type TokenCounter } from '../../src/tokens/token-counter.ts';

let counter: TokenCounter;
beforeAll(async () => {
  counter = await loadTokenCounter('gpt-4o-mini');
});

const SENTENCES = [
  'The harbour froze over for the first time in forty years, and nine ships had to wait.',
  'Die Fähre fährt an Werktagen um sechs, um neun und um zwölf Uhr, sonntags nur einmal.',
  'Совет решил отложить ремонт моста до весны, потому что денег в этом году больше нет.',
  '理事会决定把桥梁的维修推迟到春天，因为今年已经没有资金了。',
];

/** A text of one to ten sentences, most of them in one language. */
function textOf(index: number): string {
  const draw = (place: number): number => seededDraw(3, index, place)('fault');
  const length = 1 + Math.floor(draw(0) * 10);
  const language = Math.floor(draw(1) * SENTENCES.length);
  return Array.from({ length }, () => SENTENCES[language]).join(' ');
}

function sourceOf(texts: Iterable<string | AppError>): Source {
  return {
    bytesRead: () => 0,
    async *rows(): AsyncGenerator<InputRow> {
      let index = 0;
      for (const text of texts) {
        const place = { id: String(index), index, at: { file: 'in', line: index + 1 } };
        if (typeof text === 'string')
          yield { ok: true, record: { ...place, text, fields: { text } } } as InputRow;
        else yield { ok: false, broken: { ...place, error: text } } as InputRow;
        index += 1;
      }
    },
  };
}

async function survey(
  texts: Iterable<string | AppError>,
  { shape = { provider: 'openai' }, prompt = '{{text}}', keep = 10_000 }: Given = {},
) {
  let drawn = 0;
  return surveyInput({
    source: sourceOf(texts),
    task: single(await createPrompt({ model: 'm', prompt, params: {} })),
    answerTokens: 150,
    random: () => seededDraw(1, drawn++, 0)('fault'),
    ...{ counter, shape, keep },
  });
}

interface Given {
  readonly shape?: EndpointShape;
  readonly prompt?: string;
  readonly keep?: number;
}

describe('a survey of the input', () => {
  it('counts every request of a small input, with its prompt and what a chat takes besides', async () => {
    const texts = [textOf(0), textOf(1)];
    const found = await survey(texts, { prompt: 'Summarise this: {{text}}' });
    const tokens = texts.map((text) => counter.count(`Summarise this: ${text}`) + 4 + 3);
    expect(found).toMatchObject({ records: 2, requests: 2, counted: 2, inputError: 0 });
    expect(found.inputTokens).toBe((tokens[0] ?? 0) + (tokens[1] ?? 0));
    expect(found.sizes.map(({ inputTokens }) => inputTokens)).toEqual(tokens);
  });

  it('counts the text alone where the prompt is not sent', async () => {
    const [text, prompt] = [textOf(0), 'Summarise this: {{text}}'];
    const count = async (shape: EndpointShape): Promise<number> =>
      (await survey([text], { shape, prompt })).inputTokens;
    expect(await count({ provider: 'local' })).toBe(counter.count(text));
    expect(await count({ provider: 'http' })).toBe(counter.count(text));
    const body = '{"q": {{prompt | json}}}';
    expect(await count({ provider: 'http', body })).toBe(counter.count(`Summarise this: ${text}`));
  });

  it('tells broken records and records that the prompt cannot take, by error code', async () => {
    const broken = new AppError('invalid_json', 'no');
    const found = await survey(['a text', broken, broken, 'another'], { prompt: '{{text}} {{title}}' });
    expect(found).toMatchObject({ records: 4, requests: 0, inputTokens: 0 });
    expect([...found.broken]).toEqual([
      ['prompt_field', 2],
      ['invalid_json', 2],
    ]);
  });

  it('estimates the tokens of a large input from a sample, within the error that it names', async () => {
    const texts = Array.from({ length: 12_000 }, (_, i) => textOf(i));
    const actual = texts.reduce((sum, text) => sum + counter.count(text) + 7, 0);
    const found = await survey(texts, { keep: 3000 });
    expect(found).toMatchObject({ records: 12_000, requests: 12_000, counted: 2000 });
    expect(found.inputError / found.inputTokens).toBeLessThan(0.01);
    expect(Math.abs(found.inputTokens - actual)).toBeLessThan(2 * found.inputError + 1);
    expect(found.sizes).toHaveLength(3000);
    const mean = found.sizes.reduce((sum, size) => sum + size.inputTokens, 0) / 3000;
    expect(Math.abs((mean * 12_000) / actual - 1)).toBeLessThan(0.05);
  });

  it('counts very long texts by parts once much was counted', async () => {
    const long = Array.from({ length: 40_000 }, (_, i) => SENTENCES[i % 3]).join(' ');
    const actual = counter.count(long);
    const found = await survey([long, long, long, long]);
    expect(found.requests).toBe(4);
    expect(Math.abs(found.inputTokens / (4 * actual) - 1)).toBeLessThan(0.01);
  });
});
