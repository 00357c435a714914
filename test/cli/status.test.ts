import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { type Status, statusSchema } from '../../src/status/status-schema.ts';
import { answer, startMock, startScripted } from '../helpers/endpoint.ts';
import { bash, type Ended, run, start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';

vi.setConfig({ testTimeout: 60_000 });

const numbered = (count: number): string => Array.from({ length: count }, (_, n) => `text ${n}\n`).join('');
const refused = { status: 400, body: { error: { message: 'no' } } };

function json({ stdout, stderr }: Ended): Status {
  expect(stderr).toBe('');
  return statusSchema.strict().parse(JSON.parse(stdout));
}

/** Names and contents of all files of a folder. */
function filesOf(path: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'base64')]),
  );
}

test.concurrent('a job that is done is fine, with its tokens and cost, exit 0', async () => {
  const { flags } = await startMock();
  const { path } = await makeFolder({ 'in.txt': numbered(20) });
  const prices = ['--price-in', '1', '--price-out', '2'];
  await run(['in.txt', '-o', 'out.jsonl', ...prices, ...flags], { cwd: path });
  const before = filesOf(path);
  const told = await run(['status', 'out.jsonl', '--input', 'in.txt'], { cwd: path });
  expect(told).toMatchObject({ exitCode: 0, stderr: '' });
  expect(told.stdout).toMatch(
    /^records {4}20\nok {9}20\nfailed {5}0\nmissing {4}0\nstale {6}0\ntokens {5}\d+ in, \d+ out\ncost {7}\$0\.\d+\nmade by {4}m at http:\S+: 20 rows\n$/,
  );
  const status = json(await run(['status', 'out.jsonl', '--json'], { cwd: path }));
  expect(status).toMatchObject({ done: true, records: { total: null, ok: 20 }, cost: { rows_unknown: 0 } });
  expect(status.cost.usd).toBeCloseTo(
    ((status.tokens.input ?? 0) + 2 * (status.tokens.output ?? 0)) / 1e6,
    9,
  );
  expect(filesOf(path)).toEqual(before);
});

test.concurrent('a run at work is named and not disturbed; killed, it leaves what is missing', async () => {
  const { flags } = await startMock({ latency: { kind: 'uniform', minMs: 50, maxMs: 50 } });
  const { path, read } = await makeFolder({ 'in.txt': numbered(4000) });
  const args = ['in.txt', '-o', 'out.jsonl', '-c', '2', '-q', ...flags];
  const running = start(args, { cwd: path });
  await running.until(() => read('out.jsonl') !== '');
  const during = await run(['status', 'out.jsonl', '--json'], { cwd: path });
  expect(during.exitCode).toBe(1);
  expect(json(during).run).toMatchObject({ state: 'running', pid: running.pid });
  running.child.kill('SIGKILL');
  await running.ended;
  const before = filesOf(path);
  const after = await run(['status', 'out.jsonl', '--input', 'in.txt', '--json'], { cwd: path });
  const { run: found, records, first, cost } = json(after);
  expect(after.exitCode).toBe(1);
  expect(found).toMatchObject({ state: 'died', pid: running.pid });
  expect(records.ok).toBeGreaterThan(0);
  expect(records).toMatchObject({ total: 4000, failed: 0, missing: 4000 - records.ok, stale: 0 });
  expect(first.missing).toHaveLength(5);
  expect(cost).toEqual({ usd: null, rows_unknown: records.ok });
  expect(filesOf(path)).toEqual(before);
});

test.concurrent('failed, missing, stale and unexpected records, damage and doubles are each told apart', async () => {
  const { flags } = await startScripted((text) => (text.startsWith('bad') ? refused : answer(text)));
  const record = (id: string, text: string, title = 'T'): string =>
    `${JSON.stringify({ id, body: text, title })}\n`;
  const all = ['a', 'b', 'c', 'd', 'e'].map((id) => record(id, `text ${id}`)).join('');
  const { path, read } = await makeFolder({ 'in.jsonl': `${all}${record('f', 'bad f')}broken\n` });
  const args = ['in.jsonl', '--text-field', 'body', '-o', 'out.jsonl', '--ordered', '-q', ...flags];
  // Given twice, the last one counts: a prompt that uses another field than the text.
  expect((await run([...args, '--prompt', '{{text}} by {{title}}'], { cwd: path })).exitCode).toBe(1);

  const [, b = '', ...others] = read('out.jsonl').trimEnd().split('\n');
  const lines = [others[0], 'spoilt', b, ...others.slice(1), others[2]];
  writeFileSync(join(path, 'out.jsonl'), `${lines.join('\n')}\n`);
  const now = [record('new', 'x'), record('c', 'text c'), record('d', 'other'), record('e', 'text e', 'U')];
  writeFileSync(join(path, 'in.jsonl'), `${now.join('')}${record('f', 'bad f')}broken\n`);

  const command = ['status', 'out.jsonl', '--text-field', 'body', '--input', 'in.jsonl'];
  const told = await run(command, { cwd: path });
  expect(told.stdout.split('\n').filter((line) => !/^(tokens|cost|made)/.test(line))).toEqual([
    'records    6',
    'ok         1',
    'failed     2: 1 bad_request, 1 invalid_json',
    'missing    1: in.jsonl:1 (new)',
    'stale      2: in.jsonl:3 (d), in.jsonl:4 (e)',
    'unexpected 1 of no record in the input: line 3',
    'duplicates 1 of records that have a later row too: line 5',
    'damaged    1 that are no rows: line 2',
    '',
  ]);
  const found = json(await run([...command, '--json'], { cwd: path }));
  expect(found).toMatchObject({
    done: false,
    records: { total: 6, ok: 1, failed: 2, missing: 1, stale: 2 },
    failed_by_code: { bad_request: 1, invalid_json: 1 },
    rows: { total: 7, unexpected: 1, duplicates: 1 },
    lines: { damaged: 1, foreign: null, end: 'ended' },
  });
});

test.concurrent('compressed results, CSV and a --state file are told of in the same way', async () => {
  const { flags } = await startMock();
  const { path, read } = await makeFolder({
    'in.jsonl': '{"text":"a","title":"x"}\n{"text":"b","title":"y"}\n',
  });
  const settings = [...flags, '--prompt', '{{title}}: {{text}}', '-q'];
  const inputs = ['--input', 'in.jsonl', '--json'];
  await run(['in.jsonl', '-o', 'out.jsonl', '--final', 'final.jsonl.gz', ...settings], { cwd: path });
  await run(['in.jsonl', '-o', 'out.csv', '-f', 'csv', '--keep', 'title', ...settings], { cwd: path });
  await run(['in.jsonl', '--state', 'done', ...settings], { cwd: path });
  for (const file of ['out.csv', 'done']) {
    const ended = await run(['status', file, ...inputs], { cwd: path });
    expect([ended.exitCode, json(ended).records]).toEqual([0, expect.objectContaining({ ok: 2, total: 2 })]);
  }
  // No file beside it tells of which fields the prompt was made.
  const unknown = await run(['status', 'final.jsonl.gz', '--input', 'in.jsonl'], { cwd: path });
  expect([unknown.exitCode, unknown.stdout]).toEqual([1, expect.stringMatching(/^hint +.*--prompt-file$/m)]);
  const known = await run(['status', 'final.jsonl.gz', ...inputs, '--prompt', '{{title}}: {{text}}'], {
    cwd: path,
  });
  expect([known.exitCode, json(known).records.ok]).toEqual([0, 2]);
  writeFileSync(join(path, 'cut.jsonl.gz'), gzipSync(read('out.jsonl')).subarray(0, -12));
  const cut = await run(['status', 'cut.jsonl.gz', '--json'], { cwd: path });
  expect([cut.exitCode, json(cut).lines.end]).toEqual([1, 'cut']);
});

test.concurrent('inputs may be several, or stdin, and the file may stand in the configuration', async () => {
  const { path } = await makeFolder({
    'a.md': 'one',
    'b.md': 'two',
    'gistmill.config.json': '{"output":"out.jsonl"}',
  });
  const gistmill = (line: string): Promise<Ended> => bash(`gistmill ${line}`, { cwd: path });
  await gistmill('*.md --each file -q');
  expect(json(await gistmill('status --input *.md --each file --json')).records).toMatchObject({
    total: 2,
    ok: 2,
  });
  const piped = await bash('printf "one\\ntwo\\n" | gistmill status --input - --json', { cwd: path });
  expect(json(piped).records).toMatchObject({ total: 2, missing: 2 });
});

test.concurrent('wrong usage and files that cannot be read exit 2 with nothing on stdout', async () => {
  const { path } = await makeFolder({ 'in.txt': 'a\n' });
  await bash('gistmill in.txt -q -o out.jsonl; gistmill in.txt -q > plain.jsonl', { cwd: path });
  const lines = [
    [[], /of which file\?/],
    [['none.jsonl'], /none\.jsonl cannot be read \(ENOENT\)/],
    [['.'], /no regular file/],
    [['in.txt'], /holds no results/],
    [['plain.jsonl'], /holds no results that tell which records they are of\nhint: .*-o out\.jsonl/],
    [['out.jsonl', '--input', 'none.txt'], /none\.txt/],
    [['out.jsonl', '--inptu', 'in.txt'], /did you mean --input\?/],
    [['out.jsonl', '--prompt', '{{ text'], /template is broken/],
  ] as const;
  const ended = await Promise.all(lines.map(([args]) => run(['status', ...args], { cwd: path })));
  for (const [n, [, message]] of lines.entries()) {
    expect(ended[n]).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(message) });
  }
});
