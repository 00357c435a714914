import { rm } from 'node:fs/promises';
import { gistmill, startEndpoint } from './processes.ts';
import { writeRecords } from './records.ts';
import { type Finding, median } from './report.ts';

const LATENCY_MS = 200;
const CONCURRENCY = 100;
const RECORDS = 5000;

/** Ideal wall time / wall time from the first request to the last answer, as the endpoint sees them. */
export async function schedule(directory: string, runs = 5): Promise<Finding[]> {
  const input = `${directory}/schedule.jsonl`;
  const output = `${directory}/schedule-out.jsonl`;
  await writeRecords(input, RECORDS, 2000);
  const idealMs = (RECORDS / CONCURRENCY) * LATENCY_MS;
  const efficiencies: number[] = [];
  for (let round = 0; round < runs; round++) {
    const endpoint = await startEndpoint({
      latency: { kind: 'uniform', minMs: LATENCY_MS, maxMs: LATENCY_MS },
    });
    await gistmill([
      ...[input, '-o', output, '--base-url', `${endpoint.url}/v1`, '--model', 'bench'],
      ...['--concurrency', String(CONCURRENCY), '--quiet'],
    ]);
    const { firstArrivalMs, lastEndMs } = await endpoint.stats();
    efficiencies.push(idealMs / (lastEndMs - firstArrivalMs));
    await endpoint.close();
    await rm(output, { force: true });
  }
  return [
    {
      name: `schedule, ${LATENCY_MS} ms × ${CONCURRENCY} in flight`,
      value: `${median(efficiencies).toFixed(3)} of the ideal`,
      aim: '≥ 0.97',
    },
  ];
}
