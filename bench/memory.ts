import { once } from 'node:events';
import { gistmill, startEndpoint } from './processes.ts';
import { recordLine } from './records.ts';
import type { Finding } from './report.ts';

const SIZES = [10_000, 200_000, 1_000_000];
const RECORD_BYTES = 2000;

/** Peak resident memory over a stream of records on stdin. */
export async function memory(): Promise<Finding[]> {
  const endpoint = await startEndpoint({});
  const peaks: number[] = [];
  const findings: Finding[] = [];
  for (const size of SIZES) {
    const run = await gistmill(
      ['-', '--base-url', `${endpoint.url}/v1`, '--model', 'bench', '--concurrency', '64', '--quiet'],
      (stdin) => feed(stdin, size),
    );
    if (run.exitCode !== 0) throw new Error(`gistmill ended with ${run.exitCode}: ${run.stderr}`);
    peaks.push(run.peakMb);
    findings.push({
      name: `memory, ${size} records of 2 KB`,
      value: `${run.peakMb.toFixed(0)} MB, ${(run.peakMb / (peaks[0] ?? 1)).toFixed(2)} × that of ${SIZES[0]}`,
      aim: size === SIZES[0] ? '' : '≤ 1.3 ×',
    });
  }
  await endpoint.close();
  return findings;
}

async function feed(stdin: NodeJS.WritableStream, size: number): Promise<void> {
  for (let at = 0; at < size; at += 100) {
    let block = '';
    for (let i = at; i < Math.min(size, at + 100); i++) block += recordLine(i, RECORD_BYTES);
    if (!stdin.write(block)) await once(stdin, 'drain');
  }
  stdin.end();
}
