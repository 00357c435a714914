import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import type { Random } from '../../src/core/clock.ts';

export interface RunPlan {
  readonly bin: string;
  readonly args: readonly string[];
  /** The file that the run adds rows to. */
  readonly output: string;
  /** How long it may write before it is killed, on average; undefined lets it go to its end. */
  readonly killEveryMs: number | undefined;
  readonly random: Random;
}

export interface RunEnd {
  /** Sent to it; undefined where it ended by itself. */
  readonly killedBy: NodeJS.Signals | undefined;
  /** Null where a signal ended it at once. */
  readonly exitCode: number | null;
  readonly stderr: string;
  /** Peak resident memory in MB, as far as it was seen; 0 where the system does not tell. */
  readonly peakMb: number;
}

const POLL_MS = 20;
/** One run of five is killed at any moment of its start. */
const EARLY_SHARE = 0.2;
const EARLY_MS = 500;
/** Three kills of ten are gentle. */
const GENTLE: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGTERM'];
const KINDS_OF_KILLS = 10;

/** Runs gistmill to its end, or kills it a random while after it has begun to write. */
export async function oneRun(plan: RunPlan): Promise<RunEnd> {
  const { random, killEveryMs } = plan;
  const child = spawn(process.execPath, [plan.bin, ...plan.args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const closed = once(child, 'close');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const [isEarly, share] = [random() < EARLY_SHARE, random()];
  const signal = GENTLE[Math.floor(random() * KINDS_OF_KILLS)] ?? 'SIGKILL';
  let killAt = isEarly ? performance.now() + share * EARLY_MS : undefined;
  let killedBy: NodeJS.Signals | undefined;
  let peakMb = 0;
  let size = sizeOf(plan.output);
  while (!hasEnded()) {
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, POLL_MS))]);
    peakMb = Math.max(peakMb, peakOf(child.pid));
    // A run may make the file shorter before it adds to it.
    size = Math.min(size, sizeOf(plan.output));
    if (killEveryMs === undefined || killedBy !== undefined) continue;
    if (sizeOf(plan.output) > size) killAt ??= performance.now() + (0.5 + share) * killEveryMs;
    if (killAt === undefined || performance.now() < killAt || hasEnded()) continue;
    if (child.kill(signal)) killedBy = signal;
  }
  await closed;
  return { killedBy, exitCode: child.exitCode, stderr, peakMb };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function peakOf(pid: number | undefined): number {
  try {
    const kb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kb ?? 0) / 1024;
  } catch {
    return 0;
  }
}
