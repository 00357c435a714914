import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { answer, startMock, startScripted } from '../helpers/endpoint.ts';
import { bash, run, start, startBash } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { failures, okRows, resultRows } from '../helpers/result-rows.ts';

// Many processes at once, each of which takes its time to start on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const numbered = (count: number): string => Array.from({ length: count }, (_, n) => `text ${n}\n`).join('');
const texts = (count: number): string[] => numbered(count).trimEnd().split('\n');
const summaries = (output: string): string[] => okRows(output).map(({ summary }) => summary);
const quoted = (args: readonly string[]): string => args.map((arg) => `'${arg}'`).join(' ');

const SLOW = { latency: { kind: 'uniform', minMs: 30, maxMs: 60 } } as const;

test.concurrent('the same command again asks only for what had failed', async () => {
  const { server, flags } = await startScripted((text, n) =>
    n === 0 && /[35]$/.test(text) ? { status: 400, body: { error: { message: 'no' } } } : answer(text),
  );
  const { path, read } = await makeFolder({ 'in.txt': numbered(7) });
  const args = ['in.txt', '-o', 'out.jsonl', '-c', '1', ...flags];
  expect((await run(args, { cwd: path })).exitCode).toBe(1);
  expect(failures(read('out.jsonl'))).toHaveLength(2);
  expect(server.requests).toHaveLength(7);
  const second = await run(args, { cwd: path });
  expect(second.exitCode).toBe(0);
  expect(second.stderr).toMatch(/^reused {5}5 of earlier runs; the rest: 0 new, 2 that had failed$/m);
  expect(summaries(read('out.jsonl'))).toEqual(texts(7));
  expect(resultRows(read('out.jsonl'))).toHaveLength(7);
  expect(server.requests).toHaveLength(9);
  const third = await run(args, { cwd: path });
  expect(third.exitCode).toBe(0);
  expect(third.stderr).toMatch(/^reused {5}7 of earlier runs; the rest: 0 new$/m);
  expect(server.requests).toHaveLength(9);
});

test.concurrent('after an interruption the rest is done, and nothing is asked for twice', async () => {
  const { server, flags } = await startMock(SLOW);
  const { path, read } = await makeFolder({ 'in.txt': numbered(60) });
  const args = ['in.txt', '-o', 'out.jsonl', '-c', '4', '--ordered', ...flags];
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const before = read('out.jsonl').length;
    const running = start(args, { cwd: path });
    await running.until(() => read('out.jsonl').length > before);
    running.child.kill(signal);
    const { exitCode, stderr } = await running.ended;
    expect(exitCode).toBeGreaterThan(128);
    expect(stderr).toMatch(/^the same command again goes on from here$/m);
    expect(read('out.jsonl.lock')).toBe('');
  }
  expect((await run(args, { cwd: path })).exitCode).toBe(0);
  expect(resultRows(read('out.jsonl')).map(({ index }) => index)).toEqual(texts(60).map((_, n) => n));
  expect(server.stats().requests).toBe(60);
});

test.concurrent('a piped input is gone on with too', async () => {
  const { server, flags } = await startMock();
  const { path, read } = await makeFolder();
  const line = (input: string): string => `${input} | gistmill - -o out.jsonl -q ${quoted(flags)}`;
  expect((await bash(line('seq 1 50'), { cwd: path })).exitCode).toBe(0);
  expect((await bash(line('seq 60 -1 11'), { cwd: path })).exitCode).toBe(0);
  expect(server.stats().requests).toBe(60);
  expect(resultRows(read('out.jsonl'))).toHaveLength(60);
});

test.concurrent('of several runs at once one works, though a dead one has left its lock; the others exit 75', async () => {
  const { server, flags } = await startMock(SLOW);
  const { path, read } = await makeFolder({ 'in.txt': numbered(40) });
  const args = ['in.txt', '-o', 'out.jsonl', '-c', '2', '-q', ...flags];
  const killed = start(args, { cwd: path });
  await killed.until(() => read('out.jsonl') !== '');
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(JSON.parse(read('out.jsonl.lock')).pid).toBe(killed.pid);
  const paid = server.stats().paid;
  const ended = await Promise.all(Array.from({ length: 5 }, () => run(args, { cwd: path })));
  expect(ended.map(({ exitCode }) => exitCode).sort()).toEqual([0, 75, 75, 75, 75]);
  for (const { stderr } of ended.filter(({ exitCode }) => exitCode === 75)) {
    expect(stderr).toMatch(
      /^gistmill: out\.jsonl: another run is writing to it: process \d+ on \S+, since \S+\nhint: /,
    );
  }
  expect(summaries(read('out.jsonl')).sort()).toEqual(texts(40).sort());
  expect(server.stats().paid - paid).toBeLessThanOrEqual(40);
  expect(read('out.jsonl.lock')).toBe('');
});

test.concurrent('another model or prompt is refused by name before anything is asked, and done with --on-change redo', async () => {
  const { server, flags } = await startMock();
  const { path, read } = await makeFolder({ 'in.txt': numbered(3) });
  const args = ['in.txt', '-o', 'out.jsonl', '-q', ...flags];
  await run(args, { cwd: path });
  const other = [...args, '--model', 'other', '--prompt', 'Short: {{text}}'];
  const refused = await run(other, { cwd: path });
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(
    /^gistmill: out\.jsonl holds 3 results made with other settings: model: "m" → "other"; prompt: "{{text}}" → "Short: {{text}}"\nhint: .*--fresh/,
  );
  expect(server.stats().requests).toBe(3);
  expect((await run([...other, '--on-change', 'redo'], { cwd: path })).exitCode).toBe(0);
  expect(server.stats().requests).toBe(6);
  expect(summaries(read('out.jsonl')).sort()).toEqual(texts(3).map((text) => `Short: ${text}`));
});

test.concurrent('a text that was edited is named with its line, exit 2', async () => {
  const { flags } = await startMock();
  const { path } = await makeFolder({ 'in.jsonl': '{"id":1,"text":"a"}\n{"id":2,"text":"b"}\n' });
  const args = ['in.jsonl', '-o', 'out.jsonl', '-q', ...flags];
  await run(args, { cwd: path });
  writeFileSync(join(path, 'in.jsonl'), '{"id":1,"text":"a"}\n{"id":2,"text":"B"}\n');
  const { stderr, exitCode } = await run(args, { cwd: path });
  expect(stderr).toMatch(
    /in\.jsonl:2: the text of record "2" is not the one of which its result in out\.jsonl was made/,
  );
  expect(exitCode).toBe(2);
});

test.concurrent('damage is told even with --quiet', async () => {
  const { server, flags } = await startMock();
  const { path, read } = await makeFolder({ 'in.txt': numbered(4) });
  const args = ['in.txt', '-o', 'out.jsonl', '-q', ...flags];
  await run(args, { cwd: path });
  const lines = read('out.jsonl').trimEnd().split('\n');
  writeFileSync(join(path, 'out.jsonl'), `${lines[0]}\n{"key":"half\n${lines.slice(2).join('\n')}\n`);
  const { stderr, exitCode } = await run(args, { cwd: path });
  expect(stderr).toMatch(/out\.jsonl:2 is damaged and was moved to .*out\.jsonl\.damaged/);
  expect(exitCode).toBe(0);
  expect(server.stats().requests).toBe(5);
  expect(resultRows(read('out.jsonl'))).toHaveLength(4);
});

// In bash `ulimit -f` takes KiB; a write beyond it is cut short or fails, as on a full disk.
test
  .runIf(process.platform === 'linux')
  .concurrent('a full disk ends the run with 5 and no torn row; with room again it goes on', async () => {
    const { server, flags } = await startMock();
    const { path, read } = await makeFolder({ 'in.txt': numbered(300) });
    const line = `gistmill in.txt -o out.jsonl -c 4 -q ${quoted(flags)}`;
    const full = await bash(`ulimit -f 40; ${line}`, { cwd: path });
    expect([full.exitCode, full.stderr]).toEqual([
      5,
      expect.stringMatching(/out\.jsonl: file too large \(EFBIG\)/),
    ]);
    const written = resultRows(read('out.jsonl')).length;
    expect(written).toBeGreaterThan(50);
    // No room to write the file anew without its damaged line: it stays as it is.
    const spoilt = `${read('out.jsonl')}spoilt\n`;
    writeFileSync(join(path, 'out.jsonl'), spoilt);
    const stillFull = await bash(`ulimit -f 20; ${line}`, { cwd: path });
    expect([stillFull.exitCode, read('out.jsonl') === spoilt]).toEqual([5, true]);
    expect(statSync(join(path, 'out.jsonl.gistmill-tmp'), { throwIfNoEntry: false })).toBeUndefined();
    expect((await bash(line, { cwd: path })).exitCode).toBe(0);
    expect(summaries(read('out.jsonl')).sort()).toEqual(texts(300).sort());
    expect(server.stats().paid).toBeLessThanOrEqual(300 + 16);
  });

test.concurrent.each(['never', 'interval', 'each'])(
  '--fsync %s changes nothing that can be seen',
  async (fsync) => {
    const { flags } = await startMock();
    const { path, read } = await makeFolder({ 'in.txt': numbered(50) });
    const { exitCode } = await run(['in.txt', '-o', 'out.jsonl', '--fsync', fsync, '-q', ...flags], {
      cwd: path,
    });
    expect([exitCode, resultRows(read('out.jsonl')).length]).toEqual([0, 50]);
  },
);

test.concurrent('with --state a pipeline goes on after what it has written', async () => {
  const { server, flags } = await startMock(SLOW);
  const { path, read } = await makeFolder({ 'in.txt': numbered(30) });
  const line = `exec "$NODE" "$BIN" in.txt --state done.jsonl -c 2 -q ${quoted(flags)} >> out.jsonl`;
  const { child, ended, until } = startBash(line, { cwd: path });
  await until(() => read('done.jsonl') !== '');
  child.kill('SIGKILL');
  await ended;
  expect((await bash(line, { cwd: path })).exitCode).toBe(0);
  const found = summaries(read('out.jsonl'));
  expect(new Set(found)).toEqual(new Set(texts(30)));
  // What was written but not yet noted comes again.
  expect(found.length).toBeLessThanOrEqual(30 + 8);
  expect(server.stats().paid).toBeLessThanOrEqual(30 + 8);
});
