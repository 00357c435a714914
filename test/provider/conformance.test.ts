import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProviderError } from '../../src/core/errors.ts';
import type { Completion, CompletionRequest, Provider } from '../../src/core/request.ts';
import { createTransport } from '../../src/provider/http-transport.ts';
import { type ScriptedServer, startScriptedServer } from '../helpers/scripted-server.ts';
import { casesOf, type WireCase } from './helpers/wire-cases.ts';
import { WIRES, type WireUnderTest } from './helpers/wires.ts';

/** What every provider has to be shown with, in the order of the table in docs/providers.md. */
const SHAPES = [
  ...['success', 'no usage', 'partial usage', 'cut at the output limit', 'no finish reason'],
  ...['output budget spent', 'empty answer', 'refusal', 'prompt blocked', 'context too long'],
  ...[
    'rate limit',
    'overloaded',
    'server error',
    'error inside a 200',
    'quota',
    'wrong key',
    'model unknown',
  ],
  ...['unknown path', 'another API', 'redirect', 'web page', 'web page under a 502'],
  ...['empty body', 'empty object', 'broken JSON'],
] as const;

const KEY = 'KEY-that-stays-secret';
const DOCS = new URL('../../docs/providers.md', import.meta.url);

const request: CompletionRequest = {
  model: 'm',
  messages: [{ role: 'user', content: 'Summarise.' }],
  params: {},
  document: { text: 'A text.', fields: {} },
};

/** What came of each shape, by provider. */
const outcomes = new Map(WIRES.map(({ name }) => [name, new Map<string, string>()]));

describe.each(WIRES)('$name', (wire: WireUnderTest) => {
  const files = casesOf(wire.name);
  const cases = files.flatMap(([, listed]) => listed);
  let current: WireCase | undefined;
  let server: ScriptedServer;
  let provider: Provider;

  beforeAll(async () => {
    server = await startScriptedServer(() => ({
      status: current?.status ?? 500,
      ...(current?.headers && { headers: current.headers }),
      body: current?.text ?? current?.body,
    }));
    const transport = createTransport({ connections: 4, env: {} });
    provider = wire.create({ baseUrl: server.url, apiKey: KEY, transport });
  });

  afterAll(async () => {
    await provider.close();
    await server.close();
  });

  describe.each(files)('replies in %s', (_file, listed) => {
    test.each(listed)('$name', async (reply) => {
      current = reply;
      const before = server.requests.length;
      const result = await provider.attempt(request, new AbortController().signal).catch((error) => error);
      expect(server.requests).toHaveLength(before + 1);
      if (reply.shape !== undefined) outcomes.get(wire.name)?.set(reply.shape, outcomeOf(result));
      checkResult(result, reply.expect);
    });
  });

  test('is shown with every shape, once', () => {
    const shown = cases.flatMap(({ shape }) => (shape === undefined ? [] : [shape]));
    const missing = Object.keys(wire.without ?? {});
    expect([...shown, ...missing].sort()).toEqual([...SHAPES].sort());
  });

  test('is shown with every reason for the end of an answer', () => {
    const bodies = JSON.stringify(cases.map(({ body }) => body));
    expect(wire.reasons.filter((reason) => !bodies.includes(`"${reason}"`))).toEqual([]);
  });

  test('sends its key in a header only', () => {
    expect(server.requests.length).toBeGreaterThan(20);
    for (const { method, url, headers, body } of server.requests) {
      expect(method).toBe('POST');
      expect(url + body).not.toContain(KEY);
      expect(Object.values(headers).join(' ')).toContain(KEY);
    }
  });
});

function checkResult(result: unknown, expected: WireCase['expect']): void {
  if (!('code' in expected)) {
    expect(result).toMatchObject(expected);
    expect(result).toHaveProperty('usage', expected.usage);
    return;
  }
  expect(result).toBeInstanceOf(ProviderError);
  const error = result as ProviderError;
  expect(error.code, error.message).toBe(expected.code);
  expect(error.retryAfterMs).toBe(expected.retryAfterMs);
  expect(error.usage ?? {}).toEqual(expected.usage ?? {});
  expect(error.message).toMatch(/^[\P{Cc}]{1,300}$/u);
  expect(error.message).toContain(expected.says ?? '');
  if (expected.context !== undefined) expect(error.context).toEqual(expected.context);
}

function outcomeOf(result: unknown): string {
  if (result instanceof ProviderError) return `\`${result.code}\``;
  const { finish, usage } = result as Completion;
  const { inputTokens, outputTokens } = usage;
  const notes = [
    ...(finish.unified === 'stop' ? [] : [`\`${finish.unified}\``]),
    ...(inputTokens === undefined && outputTokens === undefined ? ['tokens unknown'] : []),
    ...((inputTokens === undefined) !== (outputTokens === undefined) ? ['tokens known in part'] : []),
  ];
  return ['ok', ...notes].join(', ');
}

test('docs/providers.md shows what becomes of each reply', async () => {
  const page = readFileSync(DOCS, 'utf8');
  const [begin, end] = ['<!-- conformance -->', '<!-- /conformance -->'];
  const section = new RegExp(`(?<=${begin}\n).*(?=${end})`, 's');
  expect(page).toMatch(section);
  await expect(page.replace(section, () => `${renderTable()}\n`)).toMatchFileSnapshot(DOCS.pathname);
});

function renderTable(): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const names = WIRES.map(({ name }) => name);
  const cellOf = (shape: string) => (name: string) => outcomes.get(name)?.get(shape) ?? '–';
  return [
    'Generated by test/provider/conformance.test.ts; to renew: `npm run docs`.',
    '',
    row(['reply', ...names.map((name) => `\`${name}\``)]),
    `|${'---|'.repeat(names.length + 1)}`,
    ...SHAPES.map((shape) => row([shape, ...names.map(cellOf(shape))])),
  ].join('\n');
}
