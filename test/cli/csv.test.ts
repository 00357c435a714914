import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { expect, test, vi } from 'vitest';
import { startMockServer } from '../../src/mock/start-mock-server.ts';
import { answer, startMock, startScripted } from '../helpers/endpoint.ts';
import { bash, run, start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';

// Many processes at once, each of which takes its time to start on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

type Cells = Readonly<Record<string, string>>;

const rowsOf = (csv: string | Buffer): Cells[] => parse(csv, { columns: true, record_delimiter: '\n' });
const column = (csv: string | Buffer, name: string): string[] => rowsOf(csv).map((row) => row[name] ?? '');
const quoted = (args: readonly string[]): string => args.map((arg) => `'${arg}'`).join(' ');

const TEXTS = ['plain', 'with "quotes", and a comma', 'on\n\ntwo lines', 'ünïcödé 😀\r\n'];

test.concurrent('a table comes out as a table, each text as it went in', async () => {
  const { flags } = await startMock();
  const table = TEXTS.map((text, n) => [`r-${n}`, `Title, ${n}`, text]);
  const { path, read } = await makeFolder({
    'in.csv': `\ufeff${stringify([['id', 'title', 'text'], ...table], { record_delimiter: '\r\n', quoted: true })}`,
  });
  const args = ['in.csv', '-o', 'out.csv', '-f', 'csv', '--keep', 'title', '--ordered', ...flags];
  expect(await run([...args, '-q'], { cwd: path })).toMatchObject({ exitCode: 0, stderr: '' });
  const given = rowsOf(read('out.csv')).map((row) => [row.id, row['input.title'], row.summary]);
  expect(given).toEqual(table);
});

test.concurrent('killed again and again in the middle of a CSV file, a run loses nothing', async () => {
  const RECORDS = 200;
  const KILLS = 4;
  const OPEN_RECORDS = 16;
  const textOf = (n: number): string =>
    `${n} ${TEXTS[n % 4]}${' and so\non'.repeat(n % 50 === 9 ? 20_000 : 1)}`;
  const server = await startMockServer({ latency: { kind: 'uniform', minMs: 5, maxMs: 15 } }, (text) => text);
  try {
    const input = [['text'], ...Array.from({ length: RECORDS }, (_, n) => [textOf(n)])];
    const folder = await makeFolder({ 'in.csv': stringify(input) });
    const size = (): number => statSync(join(folder.path, 'out.csv'), { throwIfNoEntry: false })?.size ?? 0;
    const endpoint = ['--base-url', `${server.url}/v1`, '-m', 'm', '--prompt', '{{text}}'];
    const args = ['in.csv', '-o', 'out.csv', '-f', 'csv', '-c', '4', '-q', '--ordered', ...endpoint];
    for (let kills = 0; kills < KILLS; kills++) {
      const before = Math.max(size(), 400);
      const running = start(args, { cwd: folder.path });
      await running.until(() => size() > before);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 50));
      running.child.kill('SIGKILL');
      expect(await running.ended).toMatchObject({ signal: 'SIGKILL', stderr: '' });
    }
    expect(await run(args, { cwd: folder.path })).toMatchObject({ exitCode: 0, stderr: '' });
    const texts = column(folder.read('out.csv'), 'summary');
    expect(texts).toHaveLength(RECORDS);
    expect(texts.every((text, n) => text === textOf(n))).toBe(true);
    expect(server.stats().paid - RECORDS).toBeLessThanOrEqual(KILLS * OPEN_RECORDS);
  } finally {
    await server.close();
  }
});

test.concurrent('failed rows are tried again, --only-failed and --split-by work on CSV too', async () => {
  let isWell = false;
  const { server, flags } = await startScripted((text) =>
    text === 'bad' && !isWell ? { status: 400, body: { error: { message: 'no' } } } : answer(text),
  );
  const { path, read } = await makeFolder({
    'in.csv': 'id,text\na,good\nb,bad\n',
    'more.csv': 'id,text\nc,new\n',
  });
  const args = ['-o', 'out.csv', '-f', 'csv', '--ordered', '-q', ...flags];
  expect((await run(['in.csv', ...args, '--split-by', 'status'], { cwd: path })).exitCode).toBe(1);
  expect(column(read('out.ok.csv'), 'id')).toEqual(['a']);
  expect(column(read('out.error.csv'), 'error_code')).toEqual(['bad_request']);
  isWell = true;
  const again = await run(['in.csv', 'more.csv', '--only-failed', ...args], { cwd: path });
  expect([again.exitCode, server.requests.length]).toEqual([0, 3]);
  expect((await run(['in.csv', 'more.csv', ...args], { cwd: path })).exitCode).toBe(0);
  expect([column(read('out.csv'), 'summary'), server.requests.length]).toEqual([['good', 'bad', 'new'], 4]);
});

test.concurrent('a CSV file that is refused is told why, and is left as it is', async () => {
  const { server, flags } = await startMock();
  const { path, read } = await makeFolder({ 'in.txt': 'one\n', 'out.csv': 'id,text\n1,"mine, not yours"\n' });
  const args = ['in.txt', '-o', 'out.csv', '-q', ...flags];
  const foreign = await run([...args, '-f', 'csv'], { cwd: path });
  expect(foreign.exitCode).toBe(2);
  expect(foreign.stderr).toMatch(
    /^gistmill: out\.csv: .* line 1 is no result of gistmill's in this --format\nhint: /,
  );
  expect(read('out.csv')).toBe('id,text\n1,"mine, not yours"\n');
  expect((await run([...args, '-f', 'csv', '--fresh'], { cwd: path })).exitCode).toBe(0);
  expect(read('out.csv.bak')).toContain('mine');
  const before = read('out.csv');
  expect((await run(args, { cwd: path })).stderr).toContain('no result of gistmill');
  const columns = await run([...args, '-f', 'csv', '--keep', 'text'], { cwd: path });
  expect(columns.stderr).toContain('its columns are not those of this run: it lacks input.text');
  expect([read('out.csv'), server.stats().requests]).toEqual([before, 1]);
});

test.concurrent('after results in --format text no run can go on, which is said; after compressed ones it can', async () => {
  const { server, flags } = await startMock();
  const { path, read } = await makeFolder({ 'in.txt': 'one\n' });
  for (const [file, format, exitCode, said] of [
    ['out.txt', 'text', 2, 'cannot go on after results in --format text; in jsonl or csv it can'],
    ['out.csv.gz', 'csv', 0, ''],
  ] as const) {
    const args = ['in.txt', '-o', file, '-f', format, '-q', ...flags];
    expect((await run(args, { cwd: path })).exitCode).toBe(0);
    const again = await run(args, { cwd: path });
    expect([again.exitCode, again.stderr]).toEqual([exitCode, expect.stringContaining(said)]);
  }
  expect(read('out.txt')).toBe('one\n');
  const unpacked = await bash('zcat out.csv.gz', { cwd: path });
  expect(column(unpacked.stdout, 'summary')).toEqual(['one']);
  expect(server.stats().requests).toBe(2);
});

test.concurrent('with --state a file behind stdout gets one header', async () => {
  const { flags } = await startMock();
  const { path, read } = await makeFolder({ 'a.csv': 'text\none\n', 'b.csv': 'text\none\ntwo\n' });
  const line = (input: string): string =>
    `gistmill ${input} --state done -f csv -q ${quoted(flags)} >> out.csv`;
  expect((await bash(`${line('a.csv')}; ${line('b.csv')}`, { cwd: path })).exitCode).toBe(0);
  expect(column(read('out.csv'), 'summary')).toEqual(['one', 'two']);
});

test.concurrent('broken records of a piped table have their lines, and columns of no use end the run', async () => {
  const { server, flags } = await startMock();
  const input = 'id;text\n';
  const wrong = await run(['-', '--input-format', 'csv', '-q', ...flags], { input });
  expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
  expect(wrong.stderr).toContain('stdin:1: there is no column "text"; it has: "id;text"');
  const table = 'id\ttext\n1\tone\n2\t"two\n3\tthree\n4\n5\t"five\n"\n6\t"six\n';
  const broken = await run(['-', '--input-format', 'tsv', '-f', 'csv', '--ordered', '-q', ...flags], {
    input: table,
  });
  expect(broken.exitCode).toBe(1);
  expect(rowsOf(broken.stdout).map((row) => [row.id, row.summary || row.error_message])).toEqual([
    ['1', 'one'],
    ['stdin:3', 'stdin:3: something follows a closing quote'],
    ['3', 'three'],
    ['stdin:5', 'stdin:5: the record has one column, the first line 2'],
    ['5', 'five\n'],
    ['stdin:8', 'stdin:8: a quote is opened and never closed'],
  ]);
  expect(server.stats().requests).toBe(3);
});

test.concurrent('a table of any length takes little memory', async () => {
  const pad = 'x'.repeat(4000);
  const line = `seq 1 20000 | awk 'BEGIN { print "id,text,pad" } { print $1 ",\\"same, text\\",${pad}" }'`;
  const gistmill = `"$NODE" --max-old-space-size=48 "$BIN" - --input-format csv --provider local -f text -q`;
  const { stdout, exitCode } = await bash(`${line} | ${gistmill} | wc -l`);
  expect([stdout.trim(), exitCode]).toEqual(['20000', 0]);
});
