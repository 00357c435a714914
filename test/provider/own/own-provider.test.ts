import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { type SummarizeOptions, summarize } from '../../../src/index.ts';
import { loadOwnProvider } from '../../../src/provider/own/load-own-provider.ts';
import { makeFolder } from '../../helpers/folder.ts';
import {
  type ScriptedReply,
  type ScriptedServer,
  startScriptedServer,
} from '../../helpers/scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** The module of the document, as it stands there. */
const EXAMPLE = /^```js\n(.*?)^```$/ms.exec(
  readFileSync(join(import.meta.dirname, '../../../docs/own-provider.md'), 'utf8'),
)?.[1] as string;

const options = { model: 'big', concurrency: 2, env: {} } as const;
const good = `{ name: 'mine', attempt: async ({ document }) => ({ text: document.text.slice(0, 3) }) }`;

async function runExample(replies: readonly ScriptedReply[], given: Partial<SummarizeOptions> = {}) {
  const folder = await makeFolder({ 'my-provider.mjs': EXAMPLE });
  const server = await startScriptedServer(replies);
  servers.push(server);
  const outcomes: Outcome[] = [];
  const provider = join(folder.path, 'my-provider.mjs');
  const all = { provider, baseUrl: server.url, model: 'big', apiKey: 'acme-secret-key', ...given };
  for await (const outcome of summarize(['A text about ferries. It is long.'], all)) outcomes.push(outcome);
  return { outcome: outcomes[0], server };
}

describe('the example of the document', () => {
  test('is no longer than thirty lines', () => {
    expect(EXAMPLE.trimEnd().split('\n').length).toBeLessThanOrEqual(31);
  });

  test('summarises, with its key, its model and what it has used', async () => {
    const { outcome, server } = await runExample(
      [{ body: { output: 'Ferries.', wordsIn: 12, wordsOut: 1, cut: false } }],
      { maxOutputTokens: 40 },
    );
    expect(outcome).toMatchObject({
      ok: true,
      answer: { text: 'Ferries.', finish: { unified: 'stop' }, usage: { inputTokens: 12, outputTokens: 1 } },
    });
    const [request] = server.requests;
    expect(request?.headers['x-acme-key']).toBe('acme-secret-key');
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ engine: 'big', limit: 40 });
  });

  test('is tried again after a 429 and a 503', async () => {
    const { outcome, server } = await runExample([
      { status: 429, body: 'slow down' },
      { status: 503, body: 'loading' },
      { body: { output: 'Ferries.' } },
    ]);
    expect(outcome).toMatchObject({ ok: true, effort: { attempts: 3 } });
    expect(server.requests).toHaveLength(3);
  });

  test('ends the run where the key is wrong, without showing it', async () => {
    const error: unknown = await runExample([{ status: 401, body: 'no such key: acme-secret-key' }]).catch(
      (e) => e,
    );
    expect(error).toMatchObject({ code: 'wrong_key', message: expect.stringContaining('no such key: ***') });
  });

  test('fails a record that it cannot take, and nothing else', async () => {
    const { outcome } = await runExample([{ status: 400, body: 'no such engine option' }]);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'bad_request', status: 400 } });
  });

  test('understands that nobody is there', async () => {
    const { outcome } = await runExample([], { baseUrl: await closedUrl(), maxAttempts: 1 });
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'connection', message: expect.stringContaining('refused') },
    });
  });
});

/** Where nobody listens any more. `fetch` refuses low ports by itself. */
async function closedUrl(): Promise<string> {
  const server = await startScriptedServer([]);
  await server.close();
  return server.url;
}

describe('a module may', () => {
  test.each([
    ['export the provider itself', `export default ${good}`],
    ['export a function by default', `export default () => (${good})`],
    [
      'export createProvider',
      `export const createProvider = async ({ model }) => ({ ...${good}, name: model })`,
    ],
  ])('%s', async (_what, code) => {
    const { path } = await makeFolder({ 'p.mjs': code });
    const provider = await loadOwnProvider('./p.mjs', path, options);
    expect(['mine', 'big']).toContain(provider.name);
  });

  test.each([
    ['of both kinds', { main: 'index.cjs' }, 'index.cjs', `module.exports = ${good}`],
    [
      'for import alone',
      { type: 'module', exports: { '.': { import: './in.js' } } },
      'in.js',
      `export default ${good}`,
    ],
  ])('be a package %s, installed where the run is', async (_what, manifest, file, code) => {
    const { path } = await makeFolder({
      'node_modules/@acme/provider/package.json': JSON.stringify({ name: '@acme/provider', ...manifest }),
      [`node_modules/@acme/provider/${file}`]: code,
    });
    expect((await loadOwnProvider('@acme/provider', path, options)).name).toBe('mine');
  });
});

describe('a module that is none is told of in one line:', () => {
  test.each([
    ['./gone.mjs', '', 'there is no provider, file or package called ./gone.mjs'],
    ['no-such-package', '', 'there is no provider, file or package called no-such-package'],
    ['./p.mjs', 'export default {', './p.mjs cannot be loaded: '],
    ['./p.mjs', 'throw new Error("no licence\\nfound")', './p.mjs cannot be loaded: Error: no licence'],
    ['./p.mjs', 'export const other = 1', './p.mjs exports no provider'],
    ['./p.mjs', 'export default { name: "x" }', './p.mjs gives a provider without a function attempt'],
    ['./p.mjs', 'export default { attempt() {} }', './p.mjs gives a provider without a name'],
    [
      './p.mjs',
      'export default () => { throw new Error("no URL") }',
      './p.mjs could not be set up: Error: no URL',
    ],
  ])('%s, %s', async (name, code, message) => {
    const { path } = await makeFolder({ 'p.mjs': code });
    const error: unknown = await loadOwnProvider(name, path, options).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
    expect((error as AppError).message).not.toContain('\n');
  });
});
