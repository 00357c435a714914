import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { startMock } from '../helpers/endpoint.ts';
import { bash, type Running, startBash } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows } from '../helpers/result-rows.ts';

// `script` of util-linux runs a command on a terminal of its own and prints what that shows.
const hasTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');

const ESC = '\u001b';
const quoted = (args: readonly string[]): string => args.map((arg) => `'${arg}'`).join(' ');
const numbered = (count: number): string => Array.from({ length: count }, (_, n) => `text ${n}\n`).join('');
const SLOW = { latency: { kind: 'uniform', minMs: 150, maxMs: 150 } } as const;

/** Runs a bash line on a terminal of 100 columns, whose keys are `child.stdin`; stdout is what it shows. */
async function onTerminal(
  line: string,
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<{ running: Running; read: (name: string) => string }> {
  const program = `stty cols 100 rows 24; set -o pipefail; gistmill() { "$NODE" "$BIN" "$@"; }; ${line}\n`;
  const { path, read } = await makeFolder({ ...files, 'program.sh': program });
  const running = startBash("script --quiet --return --command 'bash program.sh' /dev/null", {
    cwd: path,
    keepStdinOpen: true,
    env: { TERM: 'xterm-256color', ...env },
  });
  return { running, read };
}

describe.runIf(hasTerminal)('on a terminal', () => {
  test.concurrent('a piped text is summarised under a moving line that only stderr shows', async () => {
    const { flags } = await startMock(SLOW);
    const line = `cat in.txt | gistmill - -c 2 ${quoted(flags)} > out.jsonl`;
    const { running, read } = await onTerminal(line, { 'in.txt': numbered(12) });
    const { stdout, exitCode } = await running.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${ESC}[1G`);
    expect(stdout).toMatch(/\d done · .*2 in flight/);
    // Gone at the end, the cursor never hidden.
    expect(stdout).toContain(`${ESC}[0Kok         12\r\n`);
    expect(stdout).not.toContain(`${ESC}[?25l`);
    expect(read('out.jsonl')).not.toContain(ESC);
    expect(okRows(read('out.jsonl'))).toHaveLength(12);
  });

  test.concurrent.each([
    ['CI=1', { CI: '1' }, ''],
    ['TERM=dumb', { TERM: 'dumb' }, ''],
    ['--progress none', {}, '--progress none'],
    ['--progress json', {}, '--progress json'],
    ['-q', {}, '-q'],
  ])('nothing moves with %s', async (_name, env, flag) => {
    const { flags } = await startMock(SLOW);
    const line = `gistmill in.txt ${flag} ${quoted(flags)} > out.jsonl`;
    const { running, read } = await onTerminal(line, { 'in.txt': 'one\n' }, env);
    const { stdout, exitCode } = await running.ended;
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain(ESC);
    expect(okRows(read('out.jsonl'))).toHaveLength(1);
  });

  test.concurrent.each([
    ['without', {}, true],
    ['with', { NO_COLOR: '1' }, false],
  ])('the moving line is coloured as it should be %s NO_COLOR', async (_name, env, coloured) => {
    const { flags } = await startMock(SLOW);
    const { running } = await onTerminal(`gistmill in.txt ${quoted(flags)}`, { 'in.txt': 'one\n' }, env);
    const { stdout } = await running.ended;
    expect(stdout).toContain(`${ESC}[1G`);
    expect(stdout.includes(`${ESC}[36m`)).toBe(coloured);
  });

  test.concurrent('Ctrl-C works while the line moves, and a second one ends at once', async () => {
    const { server, flags } = await startMock({ hangRate: 1 });
    const line = `gistmill in.txt --grace 1h ${quoted(flags)} > out.jsonl`;
    const { running } = await onTerminal(line, { 'in.txt': numbered(3) });
    await running.until(() => server.stats().inFlight === 3 && running.stdout().includes('3 in flight'));
    running.child.stdin.write('\u0003');
    await running.until(() => running.stdout().includes('interrupted by SIGINT'));
    running.child.stdin.write('\u0003');
    expect((await running.ended).exitCode).toBe(130);
  });

  test.concurrent('no input is a usage error, while a named file needs no input', async () => {
    const { running } = await onTerminal('gistmill; echo "exit $?"; gistmill in.txt -q', {
      'in.txt': 'one\n',
    });
    const { stdout, exitCode } = await running.ended;
    expect(stdout).toMatch(
      /^gistmill: no input: name a file, or pipe the texts in\r\nhint: .*\r\nexit 2\r\n\{/,
    );
    expect(exitCode).toBe(0);
  });

  test.concurrent('what is piped on is clean JSON while the line moves and the endpoint slows down', async () => {
    const { server, flags } = await startMock({ maxInFlight: 3, ...SLOW });
    const line = `gistmill in.txt -c 8 --log-level trace ${quoted(flags)} | cat > out.jsonl`;
    const { running, read } = await onTerminal(line, { 'in.txt': numbered(12) });
    const { stdout, exitCode } = await running.ended;
    expect(exitCode).toBe(0);
    expect(server.stats().rateLimited).toBeGreaterThan(0);
    expect(stdout).toMatch(/trace: request sent/);
    expect(read('out.jsonl')).not.toContain(ESC);
    expect(okRows(read('out.jsonl'))).toHaveLength(12);
  });
});

test.concurrent('off a terminal there is not one escape code on either stream', async () => {
  const { flags } = await startMock({ maxInFlight: 3, errorRate: 0.1 });
  const { stdout, stderr, exitCode } = await bash(
    `seq 1 200 | gistmill - --progress line --log-level debug ${quoted(flags)}`,
    { env: { TERM: 'xterm-256color', FORCE_COLOR: '3' } },
  );
  expect(stdout + stderr).not.toContain(ESC);
  expect(okRows(stdout)).toHaveLength(200);
  expect(exitCode).toBe(0);
});
