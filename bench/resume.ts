import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { digest, shortDigest } from '../src/journal/digest.ts';
import { GISTMILL, gistmill, type Measured, startEndpoint } from './processes.ts';
import { recordLine, writeRecords } from './records.ts';
import type { Finding } from './report.ts';

const DONE = 1_000_000;
const RECORD_BYTES = 500;
const JOB = 20_000;
const SUMMARY =
  'The harbour froze over for the first time in forty years, and nine ships had to wait. '.repeat(4);

/** What it takes to go on after a million results, and how often a job is paid that is killed in its middle. */
export async function resume(directory: string): Promise<Finding[]> {
  return [...(await startUp(directory)), await killedHalfWay(directory)];
}

async function startUp(directory: string): Promise<Finding[]> {
  const one = join(directory, 'one.jsonl');
  const all = join(directory, 'all.jsonl');
  const output = join(directory, 'out.jsonl');
  await writeRecords(one, 1, RECORD_BYTES);
  await writeRecords(all, DONE, RECORD_BYTES);
  const run = async (input: string, to: string): Promise<Measured> => {
    const measured = await gistmill([input, '-o', to, '--provider', 'local', '--quiet']);
    if (measured.exitCode !== 0)
      throw new Error(`gistmill ended with ${measured.exitCode}: ${measured.stderr}`);
    return measured;
  };
  await run(one, output);
  await addRows(output, JSON.parse(await readFile(output, 'utf8')));
  const bare = await run(one, join(directory, 'empty.jsonl'));
  const start = await run(one, output);
  const whole = await run(all, output);
  const more = (run: Measured): string => {
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
    const time = `${seconds(run.wallMs - bare.wallMs)} (${seconds(run.cpuMs - bare.cpuMs)} of CPU time)`;
    return `${time}, ${Math.round(run.peakMb)} MB at the peak`;
  };
  const size = Math.round(statSync(output).size / 1e6);
  return [
    { name: `start after ${DONE} results (${size} MB)`, value: more(start), aim: '≤ 3 s' },
    { name: 'the same with as many records, all of them done', value: more(whole), aim: '≤ 6 s' },
  ];
}

/** Rows such as runs over the other records would have written. */
async function addRows(path: string, first: Record<string, unknown>): Promise<void> {
  const file = createWriteStream(path, { flags: 'a' });
  for (let at = 1; at < DONE; at += 500) {
    let block = '';
    for (let n = at; n < Math.min(DONE, at + 500); n++) {
      const { id, text } = JSON.parse(recordLine(n, RECORD_BYTES));
      const key = digest(`\0text:${id}`);
      block += `${JSON.stringify({ ...first, key, content: shortDigest(text), id, index: n, summary: SUMMARY })}\n`;
    }
    if (!file.write(block)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}

async function killedHalfWay(directory: string): Promise<Finding> {
  const endpoint = await startEndpoint({ latency: { kind: 'uniform', minMs: 20, maxMs: 60 } });
  const input = join(directory, 'job.jsonl');
  await writeRecords(input, JOB, 2000);
  const output = join(directory, 'job-out.jsonl');
  const args = [
    ...[input, '-o', output, '--base-url', `${endpoint.url}/v1`],
    ...['--model', 'bench', '-c', '64', '-q'],
  ];
  const child = spawn(process.execPath, [GISTMILL, ...args], { stdio: 'ignore' });
  while ((await endpoint.stats()).paid < JOB / 2) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  await once(child, 'exit');
  const { exitCode, stderr } = await gistmill(args);
  if (exitCode !== 0) throw new Error(`gistmill ended with ${exitCode}: ${stderr}`);
  const { paid, paidTwice } = await endpoint.stats();
  await endpoint.close();
  return {
    name: `${JOB} records, killed half way and run again`,
    value: `${(paid / JOB).toFixed(4)} passes paid in total, ${paidTwice} requests twice`,
    aim: '≤ 1.01',
  };
}
