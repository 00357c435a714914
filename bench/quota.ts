import { rm } from 'node:fs/promises';
import { gistmill, startEndpoint } from './processes.ts';
import { writeRecords } from './records.ts';
import type { Finding } from './report.ts';

const RPM = 6000;
const RECORDS = 6000;
const LATENCY_MS = 100;

/** Share of the endpoint's quota that is used while there is work, and 429s provoked. */
export async function quota(directory: string): Promise<Finding[]> {
  const input = `${directory}/quota.jsonl`;
  await writeRecords(input, RECORDS, 2000);
  return [
    await measure(directory, input, 'limit given', ['--rpm', String(RPM)]),
    await measure(directory, input, 'limit learnt', []),
  ];
}

async function measure(
  directory: string,
  input: string,
  name: string,
  flags: readonly string[],
): Promise<Finding> {
  const output = `${directory}/quota-out.jsonl`;
  const endpoint = await startEndpoint({
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
  const used = ((ok - 1) * 60_000) / ((lastArrivalMs - firstArrivalMs) * RPM);
  return {
    name: `quota, ${RPM} a minute, ${name}`,
    value: `${(used * 100).toFixed(1)} % used, ${rateLimited} × 429, exit ${run.exitCode}`,
    aim: '≥ 97 %, none',
  };
}
