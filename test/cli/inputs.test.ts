import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startMock } from '../helpers/endpoint.ts';
import { bash, run, start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { failures, okRows, sortedRows } from '../helpers/result-rows.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const LOCAL = ['--provider', 'local', '--quiet'];

test.concurrent('a list of texts becomes a JSON line for each, without any endpoint', async () => {
  const { stdout, stderr, exitCode } = await run([join(FIXTURES, 'articles.txt')]);
  const rows = sortedRows(stdout);
  expect(rows.map(({ status, index, at }) => [status, index, at.line])).toEqual(
    Array.from({ length: 12 }, (_, n) => ['ok', n, n + 1]),
  );
  expect(stderr).toMatch(/^no endpoint is named, so the built-in extractive summariser serves/);
  expect(stderr).toMatch(/^ok +12$/m);
  expect(exitCode).toBe(0);
});

test.concurrent('only a line feed ends a line, whatever else Unicode calls a line end', async () => {
  const { path } = await makeFolder({
    'in.jsonl': '{"id":"a","text":"x\u2028y\u2029z"}\n',
    'in.txt': 'one\u2028two\u0085three\vfour\ffive\rsix\r\nseven',
  });
  const { stdout, exitCode } = await run(['in.jsonl', 'in.txt', '--keep', 'text', ...LOCAL], {
    cwd: path,
  });
  expect(sortedRows(stdout).map(({ id, input }) => [id, input?.text])).toEqual([
    ['a', 'x\u2028y\u2029z'],
    ['in.txt:1', 'one\u2028two\u0085three\vfour\ffive\rsix'],
    ['in.txt:2', 'seven'],
  ]);
  // Readers that take these for line ends find whole lines too.
  expect(stdout.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/)).toHaveLength(4);
  expect(exitCode).toBe(0);
});

test.concurrent('a byte order mark is dropped wherever it leads a file, and UTF-16 is refused', async () => {
  const { path } = await makeFolder({
    'a.jsonl': '\ufeff{"id":"a","text":"one"}\n',
    'b.txt': '\ufefftwo\n',
    'c.txt': '\ufeff\n\nthree\n',
    'utf16.txt': Buffer.from('\ufefffour\n', 'utf16le'),
  });
  const options = { cwd: path };
  const [read, refused, piped] = await Promise.all([
    run(['a.jsonl', 'b.txt', 'c.txt', '--keep', 'text', ...LOCAL], options),
    run(['a.jsonl', 'utf16.txt', ...LOCAL], options),
    bash(`gistmill ${LOCAL.join(' ')} < utf16.txt`, options),
  ]);
  expect(sortedRows(read.stdout).map(({ id, input }) => [id, input?.text])).toEqual([
    ['a', 'one'],
    ['b.txt:1', 'two'],
    ['c.txt:3', 'three'],
  ]);
  for (const { stdout, stderr, exitCode } of [refused, piped]) {
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(/is UTF-16; gistmill reads UTF-8/);
  }
});

test.concurrent('blank lines are no records, and lines keep their true numbers', async () => {
  const [jsonl, text] = await Promise.all([
    run(['-', ...LOCAL], { input: '{"text":"a"}\n\n  \n{"text":"b"}\r\n\n' }),
    run(['-', ...LOCAL], { input: 'a\n\n  \nb' }),
  ]);
  for (const { stdout, exitCode } of [jsonl, text]) {
    expect(sortedRows(stdout).map(({ index, at }) => [index, at.line])).toEqual([
      [0, 1],
      [1, 4],
    ]);
    expect(exitCode).toBe(0);
  }
});

const BROKEN = Buffer.concat([
  Buffer.from('{"id":"first","text":"one"}\n[1,2]\nnull\n{"text":5}\n{"text":null}\n{}\n{bad\n{"text":"'),
  Buffer.from([0xff, 0xfe]),
  Buffer.from('"}\n{"__proto__":{"text":"x"}}\n{"id":"last","text":"two"}\n'),
]);

test.concurrent('a broken line costs its own row only, and is named by its line', async () => {
  const { server, flags } = await startMock();
  const { stdout, stderr, exitCode } = await run(['-', ...flags, '--input-format', 'jsonl'], {
    input: BROKEN,
  });
  expect(okRows(stdout).map(({ id }) => id)).toEqual(['first', 'last']);
  expect(failures(stdout)).toEqual([
    '2 invalid_record',
    '3 invalid_record',
    '4 invalid_text',
    '5 invalid_text',
    '6 missing_text',
    '7 invalid_json',
    '8 invalid_utf8',
    '9 missing_text',
  ]);
  expect(stderr).toMatch(/^failed +8 .*; 8 of them unreadable$/m);
  expect({ exitCode, requests: server.stats().requests }).toEqual({ exitCode: 1, requests: 2 });
});

test.concurrent('with --strict a broken line is refused before anything is sent', async () => {
  const { server, flags } = await startMock();
  const { path } = await makeFolder({ 'in.jsonl': BROKEN });
  const { stdout, stderr, exitCode } = await run(['in.jsonl', '--strict', ...flags], { cwd: path });
  expect({ stdout, exitCode, requests: server.stats().requests }).toEqual({
    stdout: '',
    exitCode: 2,
    requests: 0,
  });
  expect(stderr).toMatch(/^gistmill: --strict: 8 broken records: in\.jsonl:2 .*; and 3 more$/m);
});

test.concurrent('a text that holds nothing visible is never sent', async () => {
  const { server, flags } = await startMock();
  const texts = ['', '   ', '\u200b', '\ufeff', '\n\n\r\n'];
  const input = texts.map((text) => JSON.stringify({ text })).join('\n');
  const { stdout, exitCode } = await run(['-', ...flags], { input });
  expect(failures(stdout)).toEqual(texts.map((_, n) => `${n + 1} empty_text`));
  expect({ exitCode, requests: server.stats().requests }).toEqual({ exitCode: 1, requests: 0 });
});

test.concurrent('no piped line is lost, however small or large the pipe', async () => {
  const { server, flags } = await startMock();
  const args = flags.map((flag) => `'${flag}'`).join(' ');
  const [many, one] = await Promise.all([
    bash(`seq 1 1000 | gistmill - ${args}`),
    bash('printf x | gistmill --provider local'),
  ]);
  const rows = okRows(many.stdout);
  expect(rows.map(({ summary }) => summary)).toEqual(Array.from({ length: 1000 }, (_, n) => String(n + 1)));
  expect({ exitCode: many.exitCode, paid: server.stats().paid }).toEqual({ exitCode: 0, paid: 1000 });
  expect(okRows(one.stdout)).toMatchObject([{ id: 'stdin:1', summary: 'x' }]);
});

test.concurrent('stdin is text, JSON lines or a JSON array by how it begins, unless told', async () => {
  const read = (input: string, ...flags: string[]) => run([...flags, '--keep', 'text', ...LOCAL], { input });
  const ended = await Promise.all([
    read('plain\ntext\n'),
    read('\n{"text":"plain"}\n"text"\n'),
    read('[{"text":"plain"},\n "text"]'),
    read('{"text":"plain"}\n', '--input-format', 'text'),
  ]);
  const texts = ended.map(({ stdout }) => sortedRows(stdout).map(({ input }) => input?.text));
  expect(texts).toEqual([['plain', 'text'], ['plain', 'text'], ['plain', 'text'], ['{"text":"plain"}']]);
});

test.concurrent('text and id are taken from the named fields, and each file can be one text', async () => {
  const { path } = await makeFolder({
    'in.jsonl': '{"doc":{"body":"inner"},"meta":{"key":7}}\n{"doc":{}}\n',
    'a.md': '# A\n\nSecond paragraph.\n',
    'b.txt': 'line\nline\n',
  });
  const [fields, files] = await Promise.all([
    run(['in.jsonl', '--text-field', 'doc.body', '--id-field', 'meta.key', ...LOCAL], { cwd: path }),
    run(['a.md', 'b.txt', '--each', 'file', '--keep', 'text', ...LOCAL], { cwd: path }),
  ]);
  expect(sortedRows(fields.stdout)).toMatchObject([
    { id: '7', status: 'ok', summary: 'inner' },
    { id: 'in.jsonl:2', status: 'error', error: { code: 'missing_text' } },
  ]);
  expect(sortedRows(files.stdout).map(({ id, input }) => [id, input?.text])).toEqual([
    ['a.md', '# A\n\nSecond paragraph.\n'],
    ['b.txt', 'line\nline\n'],
  ]);
});

test.concurrent('a named file is read while stdin, an open pipe that never ends, is left alone', async () => {
  const { path } = await makeFolder({ 'in.txt': 'from the file\n' });
  const running = start(['in.txt', ...LOCAL], { cwd: path, keepStdinOpen: true });
  running.child.stdin.write('from the pipe\n');
  const { stdout, exitCode } = await running.ended;
  expect(okRows(stdout).map(({ summary }) => summary)).toEqual(['from the file']);
  expect(exitCode).toBe(0);
});

test.concurrent('an input that cannot be read is said before any request', async () => {
  const { server, flags } = await startMock();
  const { path } = await makeFolder({ 'in.txt': 'good\n' });
  mkdirSync(join(path, 'docs'));
  const line = flags.map((flag) => `'${flag}'`).join(' ');
  const [missing, folder, folderOnStdin] = await Promise.all([
    run(['in.txt', 'gone.txt', ...flags], { cwd: path }),
    run(['in.txt', 'docs', ...flags], { cwd: path }),
    bash(`gistmill ${line} < docs`, { cwd: path }),
  ]);
  expect(missing.stderr).toMatch(/^gistmill: cannot read gone\.txt: there is no such file$/m);
  expect(folder.stderr).toMatch(/^gistmill: cannot read docs: it is a directory$/m);
  expect(folderOnStdin.stderr).toMatch(/^gistmill: cannot read stdin: it is a directory$/m);
  for (const { stdout, exitCode } of [missing, folder, folderOnStdin]) {
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  }
  expect(server.stats().requests).toBe(0);
});
