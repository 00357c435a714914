/** `npm run bench [-- names] [--runs N]`: measures the built package and prints a table. See README.md here. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { concurrency } from './concurrency.ts';
import { http2 } from './http2.ts';
import { memory } from './memory.ts';
import { quality } from './quality.ts';
import { quota } from './quota.ts';
import { type Finding, printFindings } from './report.ts';
import { resume } from './resume.ts';
import { retries } from './retries.ts';
import { schedule } from './schedule.ts';
import { startup } from './startup.ts';
import { throughput } from './throughput.ts';
import { tokens } from './tokens.ts';

const BENCHMARKS: Readonly<Record<string, (directory: string, runs?: number) => Promise<Finding[]>>> = {
  startup,
  throughput,
  schedule,
  quota,
  retries,
  concurrency,
  http2,
  memory,
  resume,
  tokens,
  quality,
};
const USUAL = ['startup', 'throughput', 'schedule', 'quota'];

const { positionals: asked, values } = parseArgs({
  options: { runs: { type: 'string' } },
  allowPositionals: true,
});
const runs = values.runs === undefined ? undefined : Number(values.runs);
const unknown = asked.find((name) => BENCHMARKS[name] === undefined);
if (unknown !== undefined) {
  process.stderr.write(
    `no benchmark is called ${unknown}; there are ${Object.keys(BENCHMARKS).join(', ')}\n`,
  );
  process.exit(2);
}
if (runs !== undefined && !(Number.isInteger(runs) && runs > 0)) {
  process.stderr.write(`--runs takes a whole number from 1 on, not ${values.runs}\n`);
  process.exit(2);
}

const directory = await mkdtemp(join(tmpdir(), 'gistmill-bench-'));
try {
  for (const name of asked.length > 0 ? asked : USUAL) {
    printFindings((await BENCHMARKS[name]?.(directory, runs)) ?? []);
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
