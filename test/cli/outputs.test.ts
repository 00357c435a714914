import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { answer, startMock, startScripted } from '../helpers/endpoint.ts';
import { bash, run, start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows, resultRows, sortedRows } from '../helpers/result-rows.ts';
import { parseCsv } from '../output/helpers/parse-csv.ts';

const onLinux = test.runIf(process.platform === 'linux').concurrent;

/** For a bash line. */
const quoted = (args: readonly string[]): string => args.map((arg) => `'${arg}'`).join(' ');

const numbered = (count: number): string => Array.from({ length: count }, (_, n) => `text ${n}\n`).join('');

test.concurrent('results go to the file of -o, and stdout stays empty', async () => {
  const { flags } = await startMock();
  const { path, read } = await makeFolder({ 'in.txt': 'one\ntwo\n' });
  const { stdout, exitCode } = await run(['in.txt', '-o', 'out.jsonl', ...flags], { cwd: path });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
  expect(okRows(read('out.jsonl')).map(({ summary }) => summary)).toEqual(['one', 'two']);
  // What a run cannot go on after is left alone.
  const csv = await run(['in.txt', '-o', 'out.jsonl', '-f', 'csv', ...flags], { cwd: path });
  expect([csv.stdout, csv.exitCode]).toEqual(['', 2]);
  expect(csv.stderr).toMatch(/^gistmill: out\.jsonl: it exists and is not empty, and line 1 is .*\nhint: /);
  expect(okRows(read('out.jsonl'))).toHaveLength(2);
});

test.concurrent('text is a line for each result, csv one header and a record for each', async () => {
  const { flags } = await startScripted((text) =>
    text === 'bad' ? { status: 400, body: { error: { message: 'no' } } } : answer(`${text},\n"quoted"`),
  );
  const { path } = await makeFolder({ 'in.txt': 'good\nbad\n' });
  const [text, csv] = await Promise.all(
    ['text', 'csv'].map((format) =>
      run(['in.txt', '--ordered', '--format', format, '-q', ...flags], { cwd: path }),
    ),
  );
  expect(text?.stdout).toBe('good, "quoted"\n[error bad_request] in.txt:2: 400: no\n');
  const [header, ...records] = parseCsv(csv?.stdout ?? '');
  expect(header?.slice(0, 4)).toEqual(['id', 'index', 'status', 'summary']);
  expect(records.map((record) => record.slice(0, 4))).toEqual([
    ['in.txt:1', '0', 'ok', 'good,\n"quoted"'],
    ['in.txt:2', '1', 'error', ''],
  ]);
  expect([text?.exitCode, csv?.exitCode]).toEqual([1, 1]);
});

test.concurrent('with --ordered rows come as the input does, else as they complete; ids match always', async () => {
  // The first answers last, and the fourth fails three times.
  const reply = (text: string, n: number) => {
    const index = Number(text.slice('text '.length));
    if (index === 3 && n < 3) return { status: 500, body: { error: { message: 'again' } } };
    return { ...answer(text), delayMs: 200 - index * 10 };
  };
  const { path } = await makeFolder({ 'in.txt': numbered(20) });
  const [ordered, loose] = await Promise.all(
    [['--ordered'], []].map(async (extra) => {
      const { flags } = await startScripted(reply);
      return run(['in.txt', '-c', '8', ...extra, ...flags], { cwd: path });
    }),
  );
  const indices = (output = ''): number[] => resultRows(output).map(({ index }) => index);
  const all = Array.from({ length: 20 }, (_, n) => n);
  expect(indices(ordered?.stdout)).toEqual(all);
  expect(indices(loose?.stdout)).not.toEqual(all);
  for (const output of [ordered?.stdout ?? '', loose?.stdout ?? '']) {
    const rows = okRows(output);
    expect(rows.map(({ id, summary }) => [id, summary])).toEqual(
      all.map((n) => [`in.txt:${n + 1}`, `text ${n}`]),
    );
  }
  expect(sortedRows(ordered?.stdout ?? '')[3]?.attempts).toBe(4);
});

test.concurrent('fields of the input are kept by name or all', async () => {
  const input = '{"id":1,"text":"a","meta":{"lang":"en"},"n":2}\n{"id":2,"text":"b"}\n';
  const [named, all] = await Promise.all(
    ['meta.lang,n', 'all'].map((keep) => run(['-', '--provider', 'local', '--keep', keep], { input })),
  );
  expect(sortedRows(named?.stdout ?? '').map((row) => row.input)).toEqual([{ 'meta.lang': 'en', n: 2 }, {}]);
  expect(sortedRows(all?.stdout ?? '').map((row) => row.input)).toEqual(
    input
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
});

test.concurrent('every row, good or bad, is as the printed schema says', async () => {
  const { flags } = await startScripted((text) =>
    text === 'bad' ? { status: 422, body: {} } : answer(text),
  );
  const input = '{"id":"a","text":"good","x":1}\n{"text":"bad"}\n{"no":"text"}\n{broken\n';
  const [schema, rows] = await Promise.all([
    run(['schema']),
    run(['-', '--keep', 'all', ...flags], { input }),
  ]);
  const validator = z.fromJSONSchema(JSON.parse(schema.stdout));
  const parsed = rows.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(parsed).toHaveLength(4);
  for (const row of parsed) expect(validator.safeParse(row)).toMatchObject({ success: true });
  expect(validator.safeParse({ ...parsed[0], status: 'odd' }).success).toBe(false);
});

test.concurrent('an output that is also an input is refused under any name', async () => {
  const { path, read } = await makeFolder({ 'in.txt': 'one\n' });
  symlinkSync('in.txt', join(path, 'link.txt'));
  const ended = await Promise.all([
    run(['in.txt', '-o', 'in.txt'], { cwd: path }),
    run(['in.txt', '-o', 'link.txt'], { cwd: path }),
    bash('gistmill in.txt >> in.txt', { cwd: path }),
  ]);
  for (const { stderr, stdout, exitCode } of ended) {
    expect(stderr).toMatch(/^gistmill: in\.txt: it is an input and the output at once\n/);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  }
  expect(read('in.txt')).toBe('one\n');
});

test.concurrent('no file of the run is written over another', async () => {
  const { path, read } = await makeFolder({ 'in.txt': 'one\n' });
  const ended = await Promise.all([
    run(['in.txt', '-o', 'a.jsonl', '--summary-json', 'a.jsonl'], { cwd: path }),
    run(['in.txt', '-o', 'b.jsonl', '--log-file', './b.jsonl'], { cwd: path }),
    run(['in.txt', '--summary-json', 'in.txt'], { cwd: path }),
    run(['in.txt', '--log-file', 'in.txt'], { cwd: path }),
    run(['in.txt', '--log-file', 'c', '--summary-json', 'c'], { cwd: path }),
    bash('gistmill in.txt --summary-json d.jsonl > d.jsonl', { cwd: path }),
  ]);
  for (const { stdout, stderr, exitCode } of ended) {
    expect(stderr).toMatch(
      /^gistmill: --(log-file|summary-json) \S+: it is also an input or another output\n/,
    );
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  }
  expect(read('in.txt')).toBe('one\n');
  // A pipe may be shared.
  const { stdout } = await bash('gistmill in.txt --summary-json /dev/stdout | cat', { cwd: path });
  expect(stdout).toMatch(/^\{"id":.*\n\{\n {2}"records"/);
});

test.concurrent('a reader that is gone before the first row is no error', async () => {
  const { path } = await makeFolder({ 'in.txt': numbered(3) });
  const ended = await Promise.all(
    ['jsonl', 'csv'].map((format) => bash(`gistmill in.txt -q -f ${format} | true`, { cwd: path })),
  );
  for (const { stderr, exitCode } of ended) expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

test.concurrent.each(['', '-q', '--progress json', '--format text'])(
  'after | head -1 the run ends quietly, and little more is asked (%s)',
  async (talk) => {
    const { server, flags } = await startMock({ latency: { kind: 'uniform', minMs: 40, maxMs: 60 } });
    const { path } = await makeFolder({ 'in.txt': numbered(2000) });
    const { stdout, stderr, exitCode } = await bash(
      `gistmill in.txt -c 4 ${talk} ${quoted(flags)} | head -1`,
      { cwd: path },
    );
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(exitCode).toBe(0);
    expect(server.stats().requests).toBeLessThan(400);
    expect(stderr).not.toMatch(/EPIPE|error| {4}at /);
    if (talk === '-q') expect(stderr).toBe('');
  },
);

test.concurrent('a closed stderr harms nothing', async () => {
  const { flags } = await startMock({ errorRate: 0.1 });
  const { stdout, exitCode } = await bash(`seq 1 200 | gistmill - ${quoted(flags)} --log-level trace 2>&-`);
  expect(okRows(stdout)).toHaveLength(200);
  expect(exitCode).toBe(0);
});

onLinux('a full disk ends the run, is said, and exits 5', async () => {
  const { server, flags } = await startMock();
  const { path } = await makeFolder({ 'in.txt': numbered(500) });
  const line = `gistmill in.txt -c 4 ${quoted(flags)}`;
  const ended = await Promise.all([
    bash(`${line} > /dev/full`, { cwd: path }),
    bash(`${line} -q -o /dev/full`, { cwd: path }),
    bash(`${line} --format csv > /dev/full`, { cwd: path }),
  ]);
  for (const { stderr, exitCode } of ended) {
    expect(stderr).toMatch(/no space left on device \(ENOSPC\)/);
    expect(stderr).not.toMatch(/ {4}at /);
    expect(exitCode).toBe(5);
  }
  expect(server.stats().requests).toBeLessThan(200);
});

test.concurrent('a reader that pauses holds the run back, and has every row in the end', async () => {
  const { server, flags } = await startMock();
  // Rows of 10 KB, far more of them than a pipe and its buffers hold.
  const { path } = await makeFolder({ 'in.txt': `${'word '.repeat(2000)}\n`.repeat(200) });
  const running = start(['in.txt', '-c', '4', ...flags], { cwd: path, holdStdout: true });
  let requests = 0;
  let unchanged = 0;
  await running.until(() => {
    unchanged = server.stats().requests === requests ? unchanged + 1 : 0;
    requests = server.stats().requests;
    return requests > 0 && unchanged > 20;
  });
  expect(requests).toBeLessThan(100);
  const chunks: Buffer[] = [];
  for await (const chunk of running.child.stdout) chunks.push(chunk as Buffer);
  expect(okRows(Buffer.concat(chunks).toString('utf8'))).toHaveLength(200);
  expect((await running.ended).exitCode).toBe(0);
});
