import { rm } from 'node:fs/promises';
import { baseline, gistmill, type Measured, startEndpoint } from './processes.ts';
import { writeRecords } from './records.ts';
import { type Finding, median, spread } from './report.ts';

const RECORDS = 60_000;
const RECORD_BYTES = 2000;
const CONCURRENCY = 64;

/** Requests/s and CPU time a request at no latency, against the plain loop, start-up included in both. */
export async function throughput(directory: string, runs = 5): Promise<Finding[]> {
  const input = `${directory}/throughput.jsonl`;
  await writeRecords(input, RECORDS, RECORD_BYTES);
  const endpoint = await startEndpoint({});
  const rounds: { loop: Measured; ours: Measured }[] = [];
  for (let round = 0; round < runs; round++) {
    const output = `${directory}/throughput-out.jsonl`;
    const loop = await baseline('plain-loop.ts', [input, output, endpoint.url, String(CONCURRENCY)]);
    await rm(output, { force: true });
    const ours = await gistmill([
      ...[input, '-o', output, '--base-url', `${endpoint.url}/v1`, '--model', 'bench'],
      ...['--concurrency', String(CONCURRENCY), '--quiet'],
    ]);
    await rm(output, { force: true });
    if (ours.exitCode !== 0) throw new Error(`gistmill ended with ${ours.exitCode}: ${ours.stderr}`);
    rounds.push({ loop, ours });
  }
  await endpoint.close();
  const perSecond = (run: Measured): number => (RECORDS * 1000) / run.wallMs;
  const absolute = (pick: 'ours' | 'loop', value: (run: Measured) => number): string =>
    median(rounds.map((round) => value(round[pick]))).toFixed(0);
  const ratio = (value: (run: Measured) => number): string =>
    spread(
      rounds.map(({ ours, loop }) => value(ours) / value(loop)),
      (each) => each.toFixed(2),
    );
  const cpuUs = (run: Measured): number => (run.cpuMs * 1000) / RECORDS;
  return [
    {
      name: 'requests/s, no latency',
      value: `${ratio(perSecond)} of the loop; ${absolute('ours', perSecond)}/s against ${absolute('loop', perSecond)}/s`,
      aim: '≥ 0.85',
    },
    {
      name: 'CPU time a request',
      value: `${ratio(cpuUs)} of the loop; ${absolute('ours', cpuUs)} µs against ${absolute('loop', cpuUs)} µs`,
      aim: '',
    },
  ];
}
