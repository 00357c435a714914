import {
  bounded,
  flaky,
  type LoopOptions,
  limited,
  shared,
  steady,
} from '../test/engine/helpers/closed-loop.ts';
import { simulatedRun } from '../test/engine/helpers/simulated-run.ts';
import type { Finding } from './report.ts';

const MINUTES = 5;
const SEEDS = [1, 2, 3];
const FIXED = [8, 16, 20, 32, 64, 512];

interface Case {
  readonly name: string;
  readonly endpoint: LoopOptions['endpoint'];
  readonly timeoutMs?: number;
}

const CASES: readonly Case[] = [
  { name: '429s above 50 a second, 200 ms', endpoint: limited(3000, 200) },
  { name: 'slower beyond 32 in flight, 200 ms', endpoint: shared(32, () => 200) },
  { name: 'always 500 ms', endpoint: steady(() => 500) },
  { name: 'flaky: 8 % faults, 200 ms', endpoint: flaky(200, 10_000), timeoutMs: 10_000 },
  { name: '529s beyond 20 in flight, 200 ms', endpoint: bounded(20, 200) },
];

/** Records done in five minutes of virtual time with `--concurrency auto` against the best fixed number. */
export async function concurrency(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, ...endpoint } of CASES) {
    const run = (concurrency: number | 'auto', seed: number) =>
      simulatedRun({ ...endpoint, concurrency, seed, durationMs: MINUTES * 60_000 });
    let best = { ok: 0, fixed: 0 };
    for (const fixed of FIXED) {
      const { ok } = await run(fixed, 1);
      if (ok > best.ok) best = { ok, fixed };
    }
    const ratios: string[] = [];
    for (const seed of SEEDS) ratios.push(((await run('auto', seed)).ok / best.ok).toFixed(3));
    findings.push({
      name: `concurrency auto, ${name}`,
      value: `${ratios.join(', ')} of the best fixed (${best.fixed}: ${best.ok} records)`,
      aim: '≥ 0.95',
    });
  }
  return findings;
}
