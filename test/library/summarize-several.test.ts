import { expect, test } from 'vitest';
import { Events } from '../../src/core/events.ts';
import { summarize } from '../../src/library/summarize.ts';
import { startMock } from '../helpers/endpoint.ts';

test('the library shares its texts among several endpoints too', async () => {
  const [a, b] = [await startMock(), await startMock()];
  const events = new Events();
  const asked = new Set<string | undefined>();
  events.on('attempt', ({ endpoint }) => asked.add(endpoint));
  const endpoints = [
    { name: 'a', baseUrl: `${a.server.url}/v1` },
    { name: 'b', baseUrl: `${b.server.url}/v1`, concurrency: 2 },
  ];
  const texts = Array.from({ length: 20 }, (_, n) => `Text ${n}.`);
  let ok = 0;
  for await (const outcome of summarize(texts, { model: 'm', endpoints, events })) {
    if (outcome.ok && outcome.answer.endpoint !== undefined) ok += 1;
  }
  expect(ok).toBe(20);
  expect(asked).toEqual(new Set(['a', 'b']));
  expect(a.server.stats().ok + b.server.stats().ok).toBe(20);
});

test('an object of your own serves alone', async () => {
  const provider = { name: 'mine', attempt: async () => ({ text: 'short' }) };
  const run = summarize(['text'], { provider, fallbackModel: 'x' });
  await expect(run[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'usage' });
});
