import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { answer, startScripted } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { failures, okRows, resultRows } from '../helpers/result-rows.ts';

const refused = { status: 400, body: { error: { message: 'no' } } };

test.concurrent('--failed gets the records that failed, which can be fed back', async () => {
  let isWell = false;
  const { flags } = await startScripted((text) => (text === 'bad' && !isWell ? refused : answer(text)));
  const big = '{"id":12345678901234567890,"text":"bad","n":1}';
  const { path, read } = await makeFolder({
    'in.jsonl': `{"id":"a","text":"good"}\n${big}\n{"id":\n"bad"\n`,
  });
  const args = ['-o', 'out.jsonl', '--failed', 'failed.jsonl', ...flags];
  expect((await run(['in.jsonl', ...args], { cwd: path })).exitCode).toBe(1);
  const lines = read('failed.jsonl').trimEnd().split('\n').sort();
  expect(lines.map((line) => JSON.parse(line)).filter((line) => 'error' in line)).toEqual([
    { id: 'in.jsonl:3', error: { code: 'invalid_json', message: expect.any(String) }, raw: '{"id":' },
  ]);
  expect(lines).toContain(big);
  expect(lines).toContain('{"id":"in.jsonl:4","text":"bad"}');
  isWell = true;
  const again = await run(['failed.jsonl', ...flags], { cwd: path });
  expect(
    okRows(again.stdout)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['12345678901234567890', 'in.jsonl:4']);
  // The same command mends the rest: nothing but the broken line is left.
  await run(['in.jsonl', ...args], { cwd: path });
  expect(read('failed.jsonl').trimEnd().split('\n')).toHaveLength(1);
  expect(existsSync(join(path, 'failed.jsonl.gistmill-tmp'))).toBe(false);
});

test.concurrent('--only-failed asks for nothing but what has failed, and replaces its row', async () => {
  let isWell = false;
  const { server, flags } = await startScripted((text) =>
    text === 'bad' && !isWell ? refused : answer(text),
  );
  const { path, read } = await makeFolder({ 'in.txt': 'one\nbad\ntwo\n', 'more.txt': 'new\n' });
  const args = ['-o', 'out.jsonl', '--ordered', ...flags];
  await run(['in.txt', ...args], { cwd: path });
  expect(failures(read('out.jsonl'))).toEqual(['2 bad_request']);
  isWell = true;
  const before = server.requests.length;
  const ended = await run(['more.txt', 'in.txt', '--only-failed', ...args], { cwd: path });
  expect([ended.exitCode, server.requests.length - before]).toEqual([0, 1]);
  expect(resultRows(read('out.jsonl')).map((row) => row.status === 'ok' && row.summary)).toEqual([
    'one',
    'bad',
    'two',
  ]);
  const bare = await run(['in.txt', '--only-failed', ...flags], { cwd: path });
  expect(bare.exitCode).toBe(2);
});

test.concurrent('-o out.jsonl.gz is gone on with, and left as it is where all is done', async () => {
  const { flags } = await startScripted((text) => answer(text));
  const { path, read } = await makeFolder({
    'in.txt': Array.from({ length: 300 }, (_, n) => `text ${n}\n`).join(''),
  });
  const args = ['in.txt', '-o', 'out.jsonl.gz', ...flags];
  expect((await run(args, { cwd: path })).exitCode).toBe(0);
  const packed = readFileSync(join(path, 'out.jsonl.gz'));
  expect(okRows(gunzipSync(packed).toString())).toHaveLength(300);
  const again = await run([...args, '--final', 'plain.jsonl'], { cwd: path });
  expect([again.exitCode, readFileSync(join(path, 'out.jsonl.gz')).equals(packed)]).toEqual([0, true]);
  expect(read('plain.jsonl')).toBe(gunzipSync(packed).toString());
  await run(['in.txt', '-', ...args.slice(1)], { cwd: path, input: 'one more\n' });
  expect(okRows(gunzipSync(readFileSync(join(path, 'out.jsonl.gz'))).toString())).toHaveLength(301);
});

test.concurrent('--final appears with the whole job only, and --split-by parts the rows', async () => {
  let isWell = false;
  const { flags } = await startScripted((text) => {
    if (text === 'stop' && !isWell) return { status: 401, body: { error: { message: 'key' } } };
    return text === 'bad' ? refused : answer(text);
  });
  const { path, read } = await makeFolder({ 'in.txt': 'one\nbad\nstop\n', 'final.jsonl.gz': 'old' });
  const args = [
    'in.txt',
    '-c',
    '1',
    '-o',
    'out.jsonl',
    '--final',
    'final.jsonl.gz',
    '--split-by',
    'status',
    ...flags,
  ];
  expect((await run(args, { cwd: path })).exitCode).toBe(3);
  expect(existsSync(join(path, 'final.jsonl.gz'))).toBe(false);
  isWell = true;
  expect((await run(args, { cwd: path })).exitCode).toBe(1);
  expect(gunzipSync(readFileSync(join(path, 'final.jsonl.gz'))).toString()).toBe(read('out.jsonl'));
  expect(okRows(read('out.ok.jsonl')).map(({ summary }) => summary)).toEqual(['one', 'stop']);
  expect(failures(read('out.error.jsonl'))).toEqual(['2 bad_request']);
  const shared = await run(['in.txt', '-o', 'out.jsonl', '--final', 'in.txt', ...flags], { cwd: path });
  expect([shared.exitCode, read('in.txt')]).toEqual([2, 'one\nbad\nstop\n']);
});
