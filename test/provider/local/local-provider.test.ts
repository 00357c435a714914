import { execFile } from 'node:child_process';
import { getEventListeners, setMaxListeners } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompletionRequest, Provider } from '../../../src/core/request.ts';
import { createLocalProvider } from '../../../src/provider/local/local-provider.ts';
import { summariseText } from '../../../src/provider/local/summarise-text.ts';
import { createSummariserPool } from '../../../src/provider/local/summariser-pool.ts';
import { type BuiltProvider, buildProvider } from './build-worker.ts';
import { articles, articleText } from './fixtures.ts';

const request = (text: string, maxOutputTokens?: number): CompletionRequest => ({
  model: '',
  messages: [],
  params: {},
  document: { text, fields: {} },
  ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
});
const never = new AbortController().signal;
setMaxListeners(0, never);
const book = articleText('en-alice').repeat(100);

let built: BuiltProvider;
beforeAll(async () => {
  built = await buildProvider();
});
afterAll(() => built.remove());

async function withProvider<T>(use: (provider: Provider) => Promise<T>): Promise<T> {
  const provider = await createLocalProvider({ threads: 2, workerUrl: built.workerUrl });
  try {
    return await use(provider);
  } finally {
    await provider.close();
  }
}

describe('the local provider', () => {
  it('answers each of many texts with its own summary and says what made it', async () => {
    const records = articles();
    const answers = await withProvider((provider) =>
      Promise.all(records.map(({ text }) => provider.attempt(request(text), never))),
    );
    expect(answers).toEqual(
      records.map(({ text }) => ({
        text: summariseText(text),
        finish: { unified: 'stop' },
        usage: {},
        model: 'local/extractive',
      })),
    );
  });

  it('reports an answer that the token limit cut', async () => {
    const answer = await withProvider((provider) =>
      provider.attempt(request(articleText('en-tram'), 5), never),
    );
    expect(answer.finish).toEqual({ unified: 'length' });
  });

  it('rejects with the reason of the signal, drops what waits, and leaves no listener behind', async () => {
    await withProvider(async (provider) => {
      const run = new AbortController();
      setMaxListeners(0, run.signal);
      const attempts = Array.from({ length: 20 }, () => provider.attempt(request(book), run.signal));
      const ends = Promise.allSettled(attempts);
      run.abort(new Error('stopped by the user'));
      for (const end of await ends) {
        expect(end).toMatchObject({ status: 'rejected', reason: { message: 'stopped by the user' } });
      }
      expect(getEventListeners(run.signal, 'abort')).toHaveLength(0);
      const next = await provider.attempt(request('Still at work.'), never);
      expect(next.text).toBe('Still at work.');
    });
  });

  it('leaves no listener on a signal that outlives its attempts', async () => {
    await withProvider(async (provider) => {
      const run = new AbortController();
      setMaxListeners(0, run.signal);
      await Promise.all(articles().map(({ text }) => provider.attempt(request(text), run.signal)));
      expect(getEventListeners(run.signal, 'abort')).toHaveLength(0);
      await expect(provider.attempt(request('Late.'), AbortSignal.abort(new Error('gone')))).rejects.toThrow(
        'gone',
      );
    });
  });

  it('settles everything when it is closed, and takes nothing more', async () => {
    const provider = await createLocalProvider({ threads: 1, workerUrl: built.workerUrl });
    const ends = Promise.allSettled(Array.from({ length: 6 }, () => provider.attempt(request(book), never)));
    await provider.close();
    expect((await ends).map((end) => end.status)).toEqual(new Array(6).fill('rejected'));
    await expect(provider.attempt(request('Too late.'), never)).rejects.toMatchObject({
      code: 'interrupted',
    });
    await provider.close();
  });

  it('fails every attempt, and does not hang, where its worker cannot be loaded', async () => {
    const workerUrl = new URL('missing.js', built.workerUrl);
    const provider = await createLocalProvider({ threads: 1, workerUrl });
    const attempts = Array.from({ length: 9 }, () => provider.attempt(request('A text.'), never));
    for (const end of await Promise.allSettled(attempts)) {
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    }
    await provider.close();
  });
});

describe('the pool of summarisers', () => {
  it('gives the summary alone', async () => {
    const pool = createSummariserPool({ threads: 1, workerUrl: built.workerUrl });
    expect(await pool.summarise(articleText('en-note'))).toBe(articleText('en-note'));
    await pool.close();
  });
});

describe('the built provider', () => {
  const run = (script: string): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script.replace('PROVIDER', JSON.stringify(built.providerUrl.href))],
      { timeout: 15_000 },
    );

  it('finds its worker beside it, and lets a process end that forgets to close it', async () => {
    const { stdout, stderr } = await run(`
      const { createLocalProvider } = await import(PROVIDER);
      const provider = await createLocalProvider();
      const document = { text: 'It works. Even so.', fields: {} };
      const answer = await provider.attempt({ document }, new AbortController().signal);
      console.log(answer.text);`);
    expect(stdout).toBe('It works. Even so.\n');
    expect(stderr).toBe('');
  });

  it('starts no thread before its first text', async () => {
    const { stdout } = await run(`
      const { createLocalProvider } = await import(PROVIDER);
      await createLocalProvider();
      const loaded = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker');
      console.log(loaded.length);`);
    expect(stdout).toBe('0\n');
  });
});
