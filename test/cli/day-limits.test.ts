import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startMock } from '../helpers/endpoint.ts';
import { run, start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows } from '../helpers/result-rows.ts';

const INPUT = Array.from({ length: 8 }, (_, n) => `This is text ${n}.\n`).join('');
const DAY = 86_400_000;
const USED_UP =
  /stopped {4}--rpd 5 is used up: the next request would wait 86\d\d\d s, more than --max-retry-wait \(900 s\) \(limit_spent\)/;

/** As if everything in the file had happened a day earlier. */
function age(path: string): void {
  const content = JSON.parse(readFileSync(path, 'utf8'));
  for (const use of content.used)
    use.taken = use.taken.map(([at, amount]: number[]) => [(at ?? 0) - 1.01 * DAY, amount]);
  writeFileSync(path, JSON.stringify(content));
}

test.concurrent.each([
  ['-o', 'out.jsonl'],
  ['--state', 'state.jsonl'],
])(
  'a limit by the day counts over runs with %s: it ends them, resumably, until a day has passed',
  async (option, name) => {
    const { server, flags } = await startMock();
    const { path } = await makeFolder({ 'in.txt': INPUT });
    const again = (...more: string[]) =>
      run(['in.txt', ...flags, option, name, '--rpd', '5', ...more], { cwd: path });
    const rows = (stdout: string) =>
      okRows(option === '-o' ? readFileSync(join(path, name), 'utf8') : stdout);

    const first = await again();
    expect(first.stderr).toMatch(USED_UP);
    expect(first.stderr).toMatch(
      /run the same command again after \d{4}-\d\d-\d\dT[\d:]+[+-]\d\d:\d\d, or raise --max-retry-wait/,
    );
    expect(first.stderr).toContain('the same command again goes on from here');
    expect(first.exitCode).toBe(4);
    expect(rows(first.stdout)).toHaveLength(5);
    expect(server.stats()).toMatchObject({ requests: 5, ok: 5 });

    const second = await again();
    expect(second.stderr).toMatch(USED_UP);
    expect(second.exitCode).toBe(4);
    expect(server.stats().requests).toBe(5);

    age(join(path, `${name}.gistmill-limits`));
    const third = await again();
    expect({ exitCode: third.exitCode, requests: server.stats().requests }).toEqual({
      exitCode: 0,
      requests: 8,
    });
  },
);

test.concurrent('another model has limits of its own; --fresh does not give the same one new ones', async () => {
  const { server, flags } = await startMock();
  const { path } = await makeFolder({ 'in.txt': INPUT });
  const again = (...more: string[]) =>
    run(['in.txt', ...flags, '-o', 'out.jsonl', '--rpd', '5', '--fresh', ...more], { cwd: path });
  expect((await again()).exitCode).toBe(4);
  expect((await again()).exitCode).toBe(4);
  expect(server.stats().requests).toBe(5);
  expect((await again('--model', 'other')).exitCode).toBe(4);
  expect(server.stats().requests).toBe(10);
});

test.concurrent('what was sent before a signal counts too', async () => {
  const { server, flags } = await startMock({ latency: { kind: 'uniform', minMs: 200, maxMs: 200 } });
  const { path } = await makeFolder({ 'in.txt': INPUT });
  const args = ['in.txt', ...flags, '-o', 'out.jsonl', '-c', '1', '--rpd', '5'];
  const { child, until, ended } = start(args, { cwd: path });
  await until(() => server.stats().requests >= 2);
  child.kill('SIGTERM');
  expect((await ended).exitCode).toBe(143);
  expect((await run(args, { cwd: path })).exitCode).toBe(4);
  expect(server.stats().requests).toBe(5);
});

test.concurrent('a file of limits that nobody can read is told of, once, and harms nothing', async () => {
  const { server, flags } = await startMock();
  const { path } = await makeFolder({ 'in.txt': INPUT, 'out.jsonl.gistmill-limits': 'junk' });
  const { stderr, exitCode } = await run(['in.txt', ...flags, '-o', 'out.jsonl', '--rpd', '8'], {
    cwd: path,
  });
  expect(exitCode).toBe(0);
  expect(stderr.match(/gistmill-limits cannot be read/g)).toHaveLength(1);
  expect(server.stats().ok).toBe(8);
});
