import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** What still runs after this long is killed. */
const LONGEST_MS = 60_000;

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A new folder in the system's temporary one. */
export function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'gistmill-package-'));
}

/** Puts the built `gistmill` into `bin`, a folder for PATH. */
export async function linkCommand(bin: string): Promise<void> {
  await mkdir(bin, { recursive: true });
  await symlink(join(ROOT, 'bin/gistmill.js'), join(bin, 'gistmill'));
}

/**
 * Runs a program to its end in an environment of PATH and HOME alone, `bin` first on PATH. A command is run
 * in a process group of its own, so that what it leaves behind ends with it.
 */
export async function runIn(
  cwd: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const [file = '', ...args] = command;
  const path = [join(cwd, 'bin'), process.env.PATH].join(delimiter);
  const child = spawn(file, args, {
    cwd,
    env: { PATH: path, HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const kill = (): void => {
    try {
      process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
    } catch {
      // All have ended.
    }
  };
  const timer = setTimeout(kill, LONGEST_MS);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.once('exit', kill);
  const [exitCode] = await once(child, 'close');
  clearTimeout(timer);
  return { exitCode, stdout, stderr };
}
