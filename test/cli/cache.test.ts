import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answer, startScripted } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows, resultRows } from '../helpers/result-rows.ts';

const INPUT = 'one\ntwo\none\n';

test.concurrent('identical texts are asked about once, and the summary tells', async () => {
  const { server, flags } = await startScripted((text) => answer(`of ${text}`));
  const { stdout, stderr } = await run(['-', ...flags], { input: INPUT });
  expect(server.requests).toHaveLength(2);
  expect(okRows(stdout).map(({ summary }) => summary)).toEqual(['of one', 'of two', 'of one']);
  const known = okRows(stdout).filter(({ from }) => from === 'memory');
  expect(known).toMatchObject([{ attempts: 0, usage: {}, latency_ms: 0 }]);
  expect(stderr).toMatch(/^saved {6}1 request: 1 the same as others of this run$/m);
  await run(['-', ...flags, '--no-dedupe'], { input: INPUT });
  expect(server.requests).toHaveLength(5);
});

test.concurrent('a second run with the cache asks nothing, one with another model asks again', async () => {
  const { server, flags } = await startScripted((text) => answer(`of ${text}`));
  const { path } = await makeFolder();
  const cache = ['--cache', 'answers'];
  await run(['-', ...flags, ...cache], { input: INPUT, cwd: path });
  expect(server.requests).toHaveLength(2);
  const again = await run(['-', ...flags, ...cache], { input: INPUT, cwd: path });
  expect(server.requests).toHaveLength(2);
  expect(okRows(again.stdout).map(({ summary, from }) => [summary, from])).toEqual([
    ['of one', 'cache'],
    ['of two', 'cache'],
    ['of one', 'cache'],
  ]);
  expect(again.stderr).toMatch(/^saved {6}3 requests: 3 answered from the cache$/m);
  await run(['-', ...flags, ...cache, '--model', 'other'], { input: INPUT, cwd: path });
  expect(server.requests).toHaveLength(4);
  const { stdout } = await run(['cache', 'stats', '--json', ...cache], { cwd: path });
  expect(JSON.parse(stdout)).toMatchObject({ answers: 4, models: [{ model: 'm', answers: 4 }] });
  expect((await run(['cache', 'stats', ...cache], { cwd: path })).stdout).toMatch(/^answers +4$/m);
  expect((await run(['cache', 'clear', ...cache], { cwd: path })).stdout).toBe('4 answers taken out\n');
});

test.concurrent('an error body on a 200 is not cached, nor is an answer that was cut', async () => {
  const { server, flags } = await startScripted((text, n) => {
    if (n > 0) return answer(`of ${text}`);
    if (text === 'error') return { body: { error: { message: 'no', type: 'invalid_request_error' } } };
    const choices = [{ index: 0, message: { role: 'assistant', content: 'cut' }, finish_reason: 'length' }];
    return { body: { object: 'chat.completion', model: 'm', choices } };
  });
  const { path } = await makeFolder();
  const settings = { input: 'error\nlong\n', cwd: path };
  const first = await run(['-', ...flags, '--cache=c', '--max-attempts', '1'], settings);
  expect(
    resultRows(first.stdout)
      .map(({ status }) => status)
      .sort(),
  ).toEqual(['error', 'ok']);
  const second = await run(['-', ...flags, '--cache=c'], settings);
  expect(okRows(second.stdout).map(({ summary }) => summary)).toEqual(['of error', 'of long']);
  expect(server.requests).toHaveLength(4);
});

test.concurrent('a file that is no cache is told of once and left alone, and the run goes on', async () => {
  const { server, flags } = await startScripted((text) => answer(`of ${text}`));
  const { path, read } = await makeFolder({ 'c/cache.db': 'these are my notes, not a cache\n'.repeat(40) });
  const { stdout, stderr, exitCode } = await run(['-', ...flags, '--cache', 'c'], {
    input: INPUT,
    cwd: path,
  });
  expect(exitCode).toBe(0);
  expect(okRows(stdout)).toHaveLength(3);
  expect(server.requests).toHaveLength(2);
  expect(stderr.match(/going on without the cache: .*cache\.db is damaged or no cache/g)).toHaveLength(1);
  expect(read('c/cache.db')).toMatch(/^these are my notes/);
});

test.concurrent('a file where the folder should be is an input that was swallowed: the error says so', async () => {
  const { path } = await makeFolder();
  writeFileSync(join(path, 'in.txt'), INPUT);
  const { stderr, exitCode } = await run(['--cache', 'in.txt'], { cwd: path });
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    '--cache: in.txt is a file, and a cache is a folder\nhint: for the usual place write',
  );
});
