import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { fromIterable } from '../../src/input/from-iterable.ts';
import { describeSelf } from '../../src/journal/holder.ts';
import { readStatus } from '../../src/status/status.ts';
import { type Status, statusSchema } from '../../src/status/status-schema.ts';
import { statusText } from '../../src/status/status-text.ts';
import { oneRun } from '../batch/one-run.ts';
import { makeFolder } from '../helpers/folder.ts';

const ownProcess = { pid: process.pid, isAlive: (pid: number) => pid === process.pid };

async function statusOf(path: string, items?: readonly JsonObject[]): Promise<Status> {
  const status = await readStatus({
    ...{ path, name: 'out.jsonl', ownProcess, otherFields: [] },
    source: items === undefined ? undefined : fromIterable(items, { textField: 'text' }),
  });
  expect(statusSchema.strict().parse(status)).toEqual(status);
  return status;
}

const outputIn = async (): Promise<string> => join((await makeFolder()).path, 'out.jsonl');

const row = (key: string, more: object = {}): string =>
  `${JSON.stringify({ key, made_by: 'abc', content: 'def', id: key, status: 'ok', summary: 's', ...more })}\n`;

async function fileOf(...rows: readonly string[]): Promise<string> {
  const path = await outputIn();
  writeFileSync(path, rows.join(''));
  return path;
}

const anItem = fc.record(
  { id: fc.option(fc.nat(4), { nil: undefined }), text: fc.constantFrom('a', 'b', 'c'), title: fc.nat(1) },
  { requiredKeys: ['text'] },
);
const asItems = (items: readonly object[]): JsonObject[] => JSON.parse(JSON.stringify(items));

describe('what is told to be open', () => {
  const USING = [
    [[], 'Short: {{text}}'],
    [['title'], '{% if title %}{{ title }}{% endif %}{{text}}'],
  ] as const;

  it('is what a run with the same input then does, whatever has become of input and file', async () => {
    const property = fc.asyncProperty(
      fc.array(anItem, { maxLength: 8 }),
      fc.array(anItem, { maxLength: 8 }),
      fc.integer({ min: 1, max: 8 }),
      fc.constantFrom(...USING),
      async (first, second, crashAfter, [usedFields, prompt]) => {
        const output = await outputIn();
        const facts = { usedFields, settings: { provider: 'openai', model: 'm', prompt } };
        const options = { output, onChange: 'redo' } as const;
        const fails = ({ ok, ...of }: { ok: boolean; record?: { index: number } }): boolean =>
          ok && (of.record?.index ?? 0) % 3 === 1;
        await oneRun({ ...facts, items: asItems(first), options, crashAfter, fails });
        const { records, rows, done } = await statusOf(output, asItems(second));
        const { ok, failed, missing, stale, total } = records;
        expect(total).toBe(second.length);
        expect(ok + failed + (missing ?? 0) + (stale ?? 0)).toBe(total);
        expect(rows.total).toBe(ok + failed + (stale ?? 0) + (rows.unexpected ?? 0) + rows.duplicates);
        const next = await oneRun({ ...facts, items: asItems(second), options });
        expect(next.done.length).toBe((total ?? 0) - ok);
        expect(next.known.filter(({ row: state }) => state === 'stale')).toHaveLength(stale ?? 0);
        expect(done).toBe(next.done.length === 0);
        const after = await statusOf(output, asItems(second));
        expect(after.records.ok).toBe(total);
        rmSync(output);
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  it('is found by the fields that each row was made of, where several prompts made them', async () => {
    const output = await outputIn();
    const items: JsonObject[] = [
      { id: 1, text: 'a', title: 'x' },
      { id: 2, text: 'b', title: 'y' },
    ];
    const of = (prompt: string) => ({ provider: 'openai', model: 'm', prompt });
    const first = { settings: of('{{title}} {{text}}'), usedFields: ['title'] };
    const second = { settings: of('{{text}}'), usedFields: [] };
    await oneRun({ ...first, items: items.slice(0, 1), options: { output } });
    await oneRun({ ...second, items, options: { output, onChange: 'keep' } });
    expect((await statusOf(output, items)).records).toMatchObject({ ok: 2, stale: 0 });
    const retitled = items.map((item) => ({ ...item, title: 'new' }));
    expect((await statusOf(output, retitled)).first.stale).toEqual([{ id: '1', file: 'input', line: 1 }]);
    expect((await statusOf(output, items)).made_by.map(({ rows, model }) => [rows, model])).toEqual([
      [1, 'm'],
      [1, 'm'],
    ]);
  });
});

describe('what a file tells by itself', () => {
  it('failures by code, truncated, double, damaged and foreign lines, a torn end', async () => {
    const path = await fileOf(
      row('a', { truncated: true }),
      row('b', { status: 'error', error: { code: 'timeout', message: 'ä "x" }' } }),
      'spoilt\n',
      row('a', { truncated: false }),
      row('c', { status: 'error', error: { code: 'timeout' } }),
      row('d', { status: 'error', error: { message: 'none', code: 'bad_request' } }),
      '{"key":"b","sta\n',
      '{"not":"ours"}\n',
      '{"key":"torn',
    );
    const status = await statusOf(path);
    expect(status).toMatchObject({
      done: false,
      records: { total: null, ok: 1, failed: 3, missing: null, stale: null, truncated: 0 },
      failed_by_code: { timeout: 2, bad_request: 1 },
      rows: { total: 5, unexpected: null, duplicates: 1 },
      lines: { damaged: 2, foreign: 8, end: 'torn' },
      first: { duplicates: [1], damaged: [3, 7] },
    });
    expect(statusText(status).split('\n')).toEqual([
      'ok         1',
      'failed     3: 2 timeout, 1 bad_request',
      'duplicates 1 of records that have a later row too: line 1',
      'damaged    2 that are no rows: lines 3, 7',
      'foreign    line 8 is no result with a key',
      'end        torn: the last line is only the beginning of a row',
      'tokens     unknown: 4 rows have no known tokens',
      'cost       unknown: 4 rows have no known cost',
      'made by    settings abc, of which nothing is known here: 4 rows',
      '',
    ]);
  });

  const PAID = { usage: { input_tokens: 10, output_tokens: 2 }, attempts: 1 };
  it.each([
    ['all that is paid is known', [{ ...PAID, cost_usd: 0.25 }], 10, 0.25, 0],
    ['a part of it is not', [{ ...PAID, cost_usd: 0.25 }, PAID], 20, 0.25, 1],
    ['no price is known', [PAID, PAID], 20, null, 2],
    ['nothing was sent', [{ usage: {}, attempts: 0, from: 'cache' }], 0, 0, 0],
    [
      'a refusal is not billed',
      [{ usage: {}, attempts: 1, status: 'error', error: { code: 'bad_request' } }],
      0,
      0,
      0,
    ],
    ['there is nothing', [], 0, 0, 0],
  ])('tokens and cost where %s', async (_case, rows, input, usd, unknown) => {
    const status = await statusOf(await fileOf(...rows.map((more, n) => row(`k${n}`, more))));
    expect(status.tokens.input).toBe(input);
    expect(status.cost).toEqual({ usd, rows_unknown: unknown });
    const line = usd === null ? 'unknown: ' : unknown > 0 ? 'at least $0.25: 1 row has' : '$';
    expect(statusText(status)).toContain(`cost       ${line}`);
  });

  it('what may have been billed, nobody knows how much, is unknown', async () => {
    const timedOut = { usage: {}, attempts: 3, status: 'error', error: { code: 'timeout' } };
    const status = await statusOf(await fileOf(row('a', timedOut)));
    expect(status.tokens).toEqual({ input: null, output: null, rows_unknown: 1 });
    expect(status.cost).toEqual({ usd: null, rows_unknown: 1 });
  });

  it('an id that would move the cursor does not', async () => {
    const status = await statusOf(await fileOf(row('a')), [{ id: '\u001b[2J', text: 'x' }]);
    expect(statusText(status)).toContain('missing    1: input:1 (?[2J)');
    expect(statusText(status)).toMatch(/^hint +no row is of this input: .*--id-field/m);
  });

  it('is nothing where it holds something else', async () => {
    for (const content of ['{"not":"ours"}\n', 'a text\n', 'id,index,status\n']) {
      await expect(statusOf(await fileOf(content))).rejects.toMatchObject({ code: 'usage' });
    }
    expect((await statusOf(await fileOf(''))).rows.total).toBe(0);
  });
});

describe('a run', () => {
  it('that writes now is named, and not disturbed; one that was killed is too', async () => {
    const path = await fileOf(row('a'));
    const self = describeSelf(ownProcess);
    writeFileSync(`${path}.lock`, JSON.stringify(self));
    const before = readdirSync(join(path, '..')).map((name) => [
      name,
      readFileSync(join(path, '..', name), 'utf8'),
    ]);
    const running = await statusOf(path);
    expect(running).toMatchObject({ done: false, run: { state: 'running', pid: self.pid, host: self.host } });
    expect(statusText(running)).toMatch(/^run +is writing now: process \d+ on \S+, since \S+\n/);
    const after = readdirSync(join(path, '..')).map((name) => [
      name,
      readFileSync(join(path, '..', name), 'utf8'),
    ]);
    expect(after).toEqual(before);
    writeFileSync(`${path}.lock`, JSON.stringify({ ...self, boot: 'an earlier one' }));
    expect(await statusOf(path)).toMatchObject({ done: false, run: { state: 'died', pid: self.pid } });
    appendFileSync(`${path}.lock`, 'x');
    expect((await statusOf(path)).run).toEqual({ state: 'running', pid: null, host: null, since: null });
  });
});
