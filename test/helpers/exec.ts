import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BIN = join(import.meta.dirname, '../../bin/gistmill.js');

/** What hangs is killed after this long, so that a failed test leaves no process behind. */
const LONGEST_RUN_MS = 60_000;

export interface RunSettings {
  /** Written to stdin, which is then closed. Default: nothing. */
  readonly input?: string | Buffer;
  /** All of the environment besides `PATH`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: an empty folder of its own. */
  readonly cwd?: string;
}

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly pid: number;
  /** Resolves to the match once stderr holds one; rejects where the process ends without. */
  stderrMatch(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

/** Runs the built `gistmill` to its end. Rejects where Node.js warned of something. */
export async function run(args: readonly string[], settings: RunSettings = {}): Promise<Ended> {
  const cwd = settings.cwd ?? (await mkdtemp(join(tmpdir(), 'gistmill-run-')));
  try {
    const ended = await start(args, { ...settings, cwd }).ended;
    if (/^\(node:\d+\) .*Warning/m.test(ended.stderr)) throw new Error(ended.stderr);
    return ended;
  } finally {
    if (settings.cwd === undefined) await rm(cwd, { recursive: true, force: true });
  }
}

/** Starts the built `gistmill` in a real process. */
export function start(
  args: readonly string[],
  { input, env, cwd }: RunSettings & { readonly cwd: string },
): Running {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  // The process may end before it has read all of its input.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      resolve({ stdout: text(out), stderr: text(err), exitCode, signal });
    });
  });
  return {
    child,
    pid: child.pid ?? 0,
    ended,
    stderrMatch: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(text(err));
          if (match !== null) resolve(match);
        };
        look();
        child.stderr.on('data', look);
        ended.then(({ stderr }) => reject(new Error(`ended without ${pattern}: ${stderr}`)), reject);
      }),
  };
}
