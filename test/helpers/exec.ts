import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BIN = join(import.meta.dirname, '../../bin/gistmill.js');

/** What hangs is killed after this long, so that a failed test leaves no process behind. */
const LONGEST_RUN_MS = 60_000;
const POLL_MS = 10;

export interface RunSettings {
  /** Written to stdin, which is then closed. Default: nothing. */
  readonly input?: string | Buffer;
  /** Leaves stdin open for good. */
  readonly keepStdinOpen?: boolean;
  /** Nobody reads stdout; the run has ended when the process has. */
  readonly holdStdout?: boolean;
  /** Options of Node.js itself. */
  readonly nodeArgs?: readonly string[];
  /** All of the environment besides `PATH`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: an empty folder of its own. */
  readonly cwd?: string;
}

type StartSettings = RunSettings & { readonly cwd: string };

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
  /** What came so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves to the match once stderr holds one; rejects where the process ends without. */
  stderrMatch(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves once the condition holds; rejects where the process ends before. */
  until(condition: () => boolean): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** Runs the built `gistmill` to its end. Rejects where Node.js warned of something. */
export function run(args: readonly string[], settings: RunSettings = {}): Promise<Ended> {
  return toEnd((complete) => start(args, complete), settings);
}

/** Runs a bash line, in which `gistmill` is the built one. A pipe fails where any part of it does. */
export function bash(line: string, settings: RunSettings = {}): Promise<Ended> {
  return toEnd((complete) => startBash(line, complete), settings);
}

/** Starts the built `gistmill` in a real process. */
export function start(args: readonly string[], settings: StartSettings): Running {
  return startProcess(process.execPath, [...(settings.nodeArgs ?? []), BIN, ...args], settings);
}

export function startBash(line: string, settings: StartSettings): Running {
  const script = `set -o pipefail; gistmill() { "$NODE" "$BIN" "$@"; }; ${line}`;
  const env = { NODE: process.execPath, BIN, ...settings.env };
  return startProcess('bash', ['--norc', '-c', script], { ...settings, env });
}

async function toEnd(begin: (settings: StartSettings) => Running, settings: RunSettings): Promise<Ended> {
  const cwd = settings.cwd ?? (await mkdtemp(join(tmpdir(), 'gistmill-run-')));
  try {
    const ended = await begin({ ...settings, cwd }).ended;
    if (/^\(node:\d+\) .*Warning/m.test(ended.stderr)) throw new Error(ended.stderr);
    return ended;
  } finally {
    if (settings.cwd === undefined) await rm(cwd, { recursive: true, force: true });
  }
}

function startProcess(command: string, args: readonly string[], settings: StartSettings): Running {
  const child = spawn(command, args, {
    cwd: settings.cwd,
    env: { PATH: process.env.PATH, ...settings.env },
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  if (settings.holdStdout !== true) child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  // The process may end before it has read all of its input.
  child.stdin.on('error', () => {});
  if (settings.keepStdinOpen !== true) child.stdin.end(settings.input);
  const stdout = (): string => Buffer.concat(out).toString('utf8');
  const stderr = (): string => Buffer.concat(err).toString('utf8');
  let over = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once(settings.holdStdout === true ? 'exit' : 'close', (exitCode, signal) => {
      over = true;
      resolve({ stdout: stdout(), stderr: stderr(), exitCode, signal });
    });
  });
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      if (over) throw new Error(`ended too early: ${stderr()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  return {
    child,
    pid: child.pid ?? 0,
    stdout,
    stderr,
    stderrMatch: async (pattern) => {
      await until(() => pattern.test(stderr()));
      return pattern.exec(stderr()) as RegExpExecArray;
    },
    until,
    ended,
  };
}
