import { rm } from 'node:fs/promises';
import { baseline, gistmill, type Measured, startEndpoint } from './processes.ts';
import { writeRecords } from './records.ts';
import { type Finding, median } from './report.ts';

const RECORDS = 60_000;
const RECORD_BYTES = 2000;
const CONCURRENCY = 64;
const ROUNDS = 5;

/** Requests/s and CPU time a request at no latency, against the plain loop, start-up included in both. */
export async function throughput(directory: string): Promise<Finding[]> {
  const input = `${directory}/throughput.jsonl`;
  await writeRecords(input, RECORDS, RECORD_BYTES);
  const endpoint = await startEndpoint({});
  const rounds: { loop: Measured; ours: Measured }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
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
  const speed = median(rounds.map(({ loop, ours }) => perSecond(ours) / perSecond(loop)));
  const cpu = median(rounds.map(({ loop, ours }) => ours.cpuMs / loop.cpuMs));
  const [absolute, plain] = [
    rounds.map(({ ours }) => perSecond(ours)),
    rounds.map(({ loop }) => perSecond(loop)),
  ];
  return [
    {
      name: 'requests/s, no latency',
      value: `${speed.toFixed(2)} of the loop (${median(absolute).toFixed(0)}/s against ${median(plain).toFixed(0)}/s)`,
      aim: '≥ 0.85',
    },
    { name: 'CPU time a request', value: `${cpu.toFixed(2)} of the loop`, aim: '' },
  ];
}
