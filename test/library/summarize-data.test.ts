import { afterEach, describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { DataOutcome } from '../../src/library/summarize.ts';
import { summarize } from '../../src/library/summarize.ts';
import type { MockServerOptions } from '../../src/mock/mock-server-options.ts';
import { startMockServer } from '../../src/mock/start-mock-server.ts';
import { unfence } from '../../src/prompt/fence.ts';

const closes: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

/** A mock endpoint that answers with the first sentence of the text. */
async function endpoint(options: Partial<MockServerOptions> = {}) {
  const server = await startMockServer(options, (text) => `${unfence(text).split('.')[0]}.`);
  closes.push(() => server.close());
  return {
    server,
    given: { baseUrl: `${server.url}/v1`, model: 'm', ordered: true, concurrency: 8 } as const,
  };
}

const TEXTS = Array.from(
  { length: 30 },
  (_, n) => `Ship ${n} is late. It left the harbour after noon, as always.`,
);
const News = z.object({
  summary: z.string(),
  words: z.int().transform((count) => ({ count })),
  kind: z.enum(['news', 'note']),
});

async function all<One>(run: AsyncIterable<One>): Promise<One[]> {
  const outcomes: One[] = [];
  for await (const outcome of run) outcomes.push(outcome);
  return outcomes;
}

describe('a zod schema', () => {
  test('gives typed data, asked for again where prose comes', async () => {
    const { server, given } = await endpoint({ proseRate: 0.3 });
    const run = summarize(TEXTS, { ...given, schema: News });
    const outcomes = await all(run);
    expectTypeOf(outcomes).toEqualTypeOf<DataOutcome<z.output<typeof News>>[]>();
    const data = outcomes.map((outcome) => (outcome.ok ? outcome.answer.data : undefined));
    expect(data.filter((one) => one === undefined)).toEqual([]);
    expect(data[3]).toEqual({
      summary: 'Ship 3 is late.',
      words: { count: 4 },
      kind: expect.stringMatching(/^n/),
    });
    const { prose, requests } = server.stats();
    expect(prose).toBeGreaterThan(0);
    expect(requests).toBe(TEXTS.length + prose);
  });

  test('has what only zod can say told to the model, and fails the record that does not heed it', async () => {
    const { server, given } = await endpoint();
    const Short = z.object({ summary: z.string().refine((text) => text.length < 5, 'is to be a word') });
    const [outcome] = await all(summarize(TEXTS.slice(0, 1), { ...given, schema: Short }));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'invalid_answer', message: expect.stringContaining('/summary: is to be a word.') },
      effort: { attempts: 3 },
    });
    expect(server.stats().requests).toBe(3);
  });

  test('that JSON Schema cannot express is refused in one line', async () => {
    const run = summarize(['a'], { schema: z.object({ on: z.date() }) });
    await expect(all(run)).rejects.toMatchObject({
      code: 'usage',
      message: /^the schema cannot be .*[^\n]$/,
    });
  });
});

test('a JSON Schema gives data that fits it, also from an endpoint that knows no response_format', async () => {
  const { server, given } = await endpoint({ responseFormat: false });
  const schema = { type: 'object', properties: { summary: { type: 'string' } }, required: ['summary'] };
  const outcomes = await all(summarize(TEXTS.slice(0, 3), { ...given, concurrency: 1, schema }));
  // The mock's model writes prose unless it is bound, whatever the prompt asks for.
  expect(outcomes.map((outcome) => !outcome.ok && outcome.error.code)).toEqual(
    TEXTS.slice(0, 3).map(() => 'invalid_answer'),
  );
  // Both forms are refused once a run; then each record gets its three answers.
  expect(server.stats()).toMatchObject({ errors: { 400: 2 }, requests: 2 + 9 });
});

test('answers that miss the checks are marked', async () => {
  const { server, given } = await endpoint();
  const outcomes = await all(summarize(TEXTS.slice(0, 2), { ...given, minWords: 5 }));
  expect(outcomes).toMatchObject([
    { answer: { warnings: ['too_short'] } },
    { answer: { warnings: ['too_short'] } },
  ]);
  expect(server.stats().requests).toBe(4);
});

test('the built-in summariser has no data to give', async () => {
  const run = summarize(['a'], { provider: 'local', schema: { type: 'object' } });
  await expect(all(run)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('prose') });
});
