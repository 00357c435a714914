import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'tsdown';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
let folder: string;
let main: string;

// The real entry in real processes. It is built inside the checkout, so that it finds its packages.
beforeAll(async () => {
  folder = await mkdtemp(join(ROOT, 'node_modules/.gistmill-main-'));
  main = join(folder, 'main.js');
  await build({
    config: false,
    cwd: ROOT,
    entry: { main: 'src/main.ts' },
    outDir: folder,
    platform: 'node',
    target: 'node20.19',
    fixedExtension: false,
    dts: false,
    logLevel: 'silent',
  });
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a bash line in which `gistmill` is the built entry, in an empty environment. */
function bash(line: string, variables: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const env = { PATH: process.env.PATH, ...variables };
  const script = `set -o pipefail; gistmill() { "${process.execPath}" "${main}" "$@"; }; ${line}`;
  return new Promise((resolve) => {
    execFile('bash', ['--norc', '-c', script], { env, cwd: folder }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('help goes to stdout, with nothing on stderr', async () => {
  const { exitCode, stdout, stderr } = await bash('gistmill --help');
  expect(stdout).toMatch(/^Usage: gistmill/);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test('a reader that has seen enough of the help is no error', async () => {
  const { exitCode, stderr } = await bash('gistmill --help | true; echo "$PIPESTATUS" >&2');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '0\n' });
});

test.runIf(process.platform === 'linux')('a full disk under the help is said and exit code 5', async () => {
  const { exitCode, stderr } = await bash('gistmill --help > /dev/full');
  expect(exitCode).toBe(5);
  expect(stderr).toMatch(/^gistmill: stdout could not be written: ENOSPC.*\n$/);
});

test('a mistake is a line, a hint and exit code 2, with nothing on stdout', async () => {
  expect(await bash('gistmill --cocurrency 8 a.txt')).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      "gistmill: unknown option '--cocurrency' (did you mean --concurrency?)\nhint: see gistmill --help\n",
  });
});

test('a configuration error ends the run before anything else, even where stderr is closed', async () => {
  expect(await bash('gistmill a.txt', { GISTMILL_RPM: '12x' })).toMatchObject({
    exitCode: 2,
    stderr: 'gistmill: GISTMILL_RPM: "12x" is not a number; write e.g. 600\n',
  });
  expect(await bash('gistmill --rpm 12x a.txt 2>&-')).toEqual({ exitCode: 2, stdout: '', stderr: '' });
});

test('the schema of a result is JSON', async () => {
  const { exitCode, stdout, stderr } = await bash('gistmill schema');
  expect(JSON.parse(stdout)).toHaveProperty('$schema');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test('a stdin that never ends does not keep a finished command', async () => {
  const child = spawn(process.execPath, [main, 'schema'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: folder,
  });
  const exitCode = await new Promise((resolve) => child.once('exit', resolve));
  expect(exitCode).toBe(0);
});
