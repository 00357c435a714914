import { rm } from 'node:fs/promises';
import { gistmill, startEndpoint } from './processes.ts';
import { writeRecords } from './records.ts';
import { type Finding, spread } from './report.ts';

const RPM = 6000;
const RECORDS = 6000;
const LATENCY_MS = 100;

interface Case {
  readonly name: string;
  readonly flags?: readonly string[];
  /** The endpoint says nothing of its limits, so that they have to be found out. */
  readonly hideLimits?: boolean;
  readonly aim: string;
}

const CASES: readonly Case[] = [
  { name: 'limit given', flags: ['--rpm', String(RPM)], aim: '≥ 99 %, none' },
  { name: 'limit learnt', aim: '≥ 99 %, none' },
  { name: 'limit hidden', hideLimits: true, aim: '≥ 95 %, < 1 %' },
];

/** Share of the endpoint's quota that is used while there is work, and 429s provoked. */
export async function quota(directory: string, runs = 1): Promise<Finding[]> {
  const input = `${directory}/quota.jsonl`;
  await writeRecords(input, RECORDS, 2000);
  const findings: Finding[] = [];
  for (const each of CASES) {
    const measured: Measured[] = [];
    for (let run = 0; run < runs; run++) measured.push(await measure(directory, input, each));
    findings.push({
      name: `quota, ${RPM} a minute, ${each.name}`,
      value: [
        `${spread(
          measured.map(({ used }) => used * 100),
          (share) => share.toFixed(1),
        )} % used`,
        `${spread(
          measured.map(({ rejected }) => rejected),
          String,
        )} × 429`,
      ].join(', '),
      aim: each.aim,
    });
  }
  return findings;
}

interface Measured {
  readonly used: number;
  readonly rejected: number;
}

async function measure(
  directory: string,
  input: string,
  { name, flags = [], hideLimits = false }: Case,
): Promise<Measured> {
  const output = `${directory}/quota-out.jsonl`;
  const endpoint = await startEndpoint({
    hideLimits,
    rpm: RPM,
    latency: { kind: 'uniform', minMs: LATENCY_MS, maxMs: LATENCY_MS },
  });
  const run = await gistmill([
    ...[input, '-o', output, '--base-url', `${endpoint.url}/v1`, '--model', 'bench'],
    ...['--concurrency', '64', '--quiet', ...flags],
  ]);
  const { firstArrivalMs, lastArrivalMs, ok, rateLimited } = await endpoint.stats();
  await endpoint.close();
  await rm(output, { force: true });
  if (run.exitCode !== 0) throw new Error(`${name}: gistmill ended with ${run.exitCode}: ${run.stderr}`);
  return { used: ((ok - 1) * 60_000) / ((lastArrivalMs - firstArrivalMs) * RPM), rejected: rateLimited };
}
