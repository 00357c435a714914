import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MockStats } from '../src/mock/stats.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const TSX = here('../node_modules/tsx/dist/cli.mjs');
export const GISTMILL = here('../bin/gistmill.js');

export interface Measured {
  readonly wallMs: number;
  /** User and system time together. */
  readonly cpuMs: number;
  /** Peak resident memory. */
  readonly peakMb: number;
  readonly exitCode: number | null;
  readonly stderr: string;
}

export interface Endpoint {
  readonly url: string;
  stats(): Promise<MockStats>;
  close(): Promise<void>;
}

/** Starts the mock endpoint in a process of its own. */
export async function startEndpoint(options: object): Promise<Endpoint> {
  const child = spawn(process.execPath, [TSX, here('server.ts'), JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the endpoint did not start')));
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim()));
  });
  return {
    url,
    stats: async () => (await (await fetch(`${url}/stats`)).json()) as MockStats,
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.stdin.end();
      }),
  };
}

/** The script of a baseline, run from its source. */
export function baseline(file: string, args: readonly string[]): Promise<Measured> {
  return measure(['--import', 'tsx', here(file), ...args]);
}

export function gistmill(
  args: readonly string[],
  input?: (stdin: NodeJS.WritableStream) => void,
): Promise<Measured> {
  return measure([GISTMILL, ...args], input);
}

/** Runs node and reads its memory and CPU time from /proc while it lives. */
export function measure(
  args: readonly string[],
  input?: (stdin: NodeJS.WritableStream) => void,
): Promise<Measured> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  if (input !== undefined && child.stdin !== null) input(child.stdin);
  let last = { cpuMs: 0, peakMb: 0 };
  const poll = setInterval(() => {
    last = readProc(child) ?? last;
  }, 20);
  return new Promise((resolve) => {
    child.once('close', (exitCode) => {
      clearInterval(poll);
      resolve({ wallMs: performance.now() - startedAt, ...last, exitCode, stderr });
    });
  });
}

/** Clock ticks a second in /proc/PID/stat (proc(5); USER_HZ is 100 on Linux). */
const TICKS_PER_SECOND = 100;

function readProc(child: ChildProcess): { cpuMs: number; peakMb: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const ticks = Number(fields[11]) + Number(fields[12]);
    const peakKb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    if (peakKb === undefined) return undefined;
    return { cpuMs: (ticks * 1000) / TICKS_PER_SECOND, peakMb: Number(peakKb) / 1024 };
  } catch {
    return undefined;
  }
}
