import { symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type * as Library from '../../src/index.ts';
import { startMock, startScripted } from '../helpers/endpoint.ts';
import { bash } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';

const ROOT = join(import.meta.dirname, '../..');

let library: typeof Library;
beforeAll(async () => {
  library = (await import(pathToFileURL(join(ROOT, 'dist/index.js')).href)) as typeof Library;
});

const endpointOf = (server: { readonly url: string }) => ({
  baseUrl: `${server.url}/v1`,
  model: 'm',
  prompt: '{{text}}',
});

async function collect(run: AsyncIterable<Library.Outcome>): Promise<Library.Outcome[]> {
  const outcomes: Library.Outcome[] = [];
  for await (const outcome of run) outcomes.push(outcome);
  return outcomes;
}

async function* endless(): AsyncGenerator<string> {
  for (let n = 0; ; n += 1) yield `text ${n}`;
}

test.concurrent('a program that imports gistmill iterates over outcomes, and ends by itself', async () => {
  const { path } = await makeFolder({
    'package.json': '{"type":"module"}',
    'main.js': `
      import { summarize, AppError } from 'gistmill';
      const texts = ['One. Two.', { id: 'b', text: 'Three.' }, { id: 'c' }];
      for await (const outcome of summarize(texts, { ordered: true })) {
        console.log(outcome.record.id, outcome.ok ? outcome.answer.text : outcome.error.code);
        if (!outcome.ok && !(outcome.error instanceof AppError)) throw new Error('not of the same class');
      }
    `,
  });
  await mkdir(join(path, 'node_modules'));
  symlinkSync(ROOT, join(path, 'node_modules/gistmill'));
  const { stdout, stderr, exitCode } = await bash('"$NODE" main.js', { cwd: path });
  expect(stdout.split('\n').map((line) => line.replace(/^\S+ /, ''))).toEqual([
    'One. Two.',
    'Three.',
    'missing_text',
    '',
  ]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

test.concurrent('every text has its outcome, in the order of the input where that is asked', async () => {
  const { server } = await startMock({ latency: { kind: 'uniform', minMs: 0, maxMs: 30 } });
  const texts = Array.from({ length: 60 }, (_, n) => `text ${n}`);
  const outcomes = await collect(library.summarize(texts, { ...endpointOf(server), ordered: true }));
  expect(outcomes.map((outcome) => outcome.ok && outcome.answer.text)).toEqual(texts);
});

test.concurrent('leaving the loop early ends the run, and asks little more', async () => {
  const { server } = await startMock();
  const run = library.summarize(endless(), { ...endpointOf(server), concurrency: 2 });
  let seen = 0;
  for await (const outcome of run) {
    expect(outcome.ok).toBe(true);
    seen += 1;
    if (seen === 5) break;
  }
  const { requests } = server.stats();
  expect(requests).toBeLessThan(30);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.stats()).toMatchObject({ requests, inFlight: 0 });
});

test.concurrent('an aborted signal ends the iteration with an error, after what was in flight', async () => {
  const { server } = await startMock({ latency: { kind: 'uniform', minMs: 10, maxMs: 10 } });
  const controller = new AbortController();
  const run = library.summarize(endless(), { ...endpointOf(server), signal: controller.signal });
  let seen = 0;
  const iterate = async (): Promise<void> => {
    for await (const outcome of run) {
      expect(outcome.ok).toBe(true);
      seen += 1;
      if (seen === 5) controller.abort();
    }
  };
  await expect(iterate()).rejects.toMatchObject({ code: 'interrupted' });
  expect(seen).toBe(server.stats().paid);
});

test.concurrent('disposing of a run cuts off what is in flight', async () => {
  const { server } = await startMock({ hangRate: 1 });
  const run = library.summarize(['one', 'two'], endpointOf(server));
  const iterator = run[Symbol.asyncIterator]();
  const next = iterator.next().catch((error: unknown) => error);
  while (server.stats().inFlight < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await run[Symbol.asyncDispose]();
  await next;
  while (server.stats().inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  // A run that was never begun can be disposed of too.
  await library.summarize(['one'], endpointOf(server))[Symbol.asyncDispose]();
  expect(server.stats().requests).toBe(2);
});

test.concurrent('a provider can be an object of one’s own', async () => {
  const provider = {
    name: 'reverse',
    attempt: async ({ document }: Library.CompletionRequest): Promise<Library.Completion> => {
      if (document.text === 'bad') throw new library.ProviderError('bad_request', 'no luck');
      if (document.text === 'worse') throw new TypeError('a mistake of its author');
      return { text: [...document.text].reverse().join(''), finish: { unified: 'stop' }, usage: {} };
    },
  };
  const outcomes = await collect(library.summarize(['abc', 'bad'], { provider, ordered: true }));
  expect(outcomes).toMatchObject([
    { ok: true, answer: { text: 'cba' } },
    { ok: false, error: { code: 'bad_request', message: 'no luck' } },
  ]);
  const mistaken = collect(library.summarize(['abc', 'worse'], { provider }));
  await expect(mistaken).rejects.toThrow('a mistake of its author');
});

test.concurrent('what ends the whole run is thrown', async () => {
  const { server } = await startScripted(() => ({ status: 401, body: { error: { message: 'bad key' } } }));
  const refused = collect(library.summarize(['one'], { ...endpointOf(server), apiKey: 'k' }));
  await expect(refused).rejects.toMatchObject({ code: 'wrong_key' });
  const broken = collect(library.summarize(['one'], { ...endpointOf(server), concurrency: 0 }));
  await expect(broken).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching('concurrency'),
  });
  const failing = (async function* () {
    yield 'one';
    throw new Error('the source broke');
  })();
  const thrown = collect(library.summarize(failing));
  await expect(thrown).rejects.toThrow('the source broke');
});

test.concurrent('events tell what goes on', async () => {
  const { server } = await startMock();
  const events = new library.Events();
  const told: string[] = [];
  events.on('attempt', ({ id }) => told.push(`attempt ${id}`));
  events.on('end', () => told.push('end'));
  await collect(library.summarize([{ id: 'a', text: 'one' }], { ...endpointOf(server), events }));
  expect(told).toEqual(['attempt a', 'end']);
});
