import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gistmill } from './processes.ts';
import { writeRecords } from './records.ts';
import { type Finding, median } from './report.ts';

const BIN_MS = 100;
/** So many bins are drawn. */
const SHOWN_BINS = 80;
/** One character a bin: nothing, a number, or ten and more. */
const glyph = (count: number): string => (count === 0 ? '.' : count < 10 ? String(count) : '+');

interface Arrival {
  /** Ms since the first. */
  readonly at: number;
  /** Not the first request about that record. */
  readonly isRetry: boolean;
}

/** The status that a request is answered with, by the times at which those before it were let in. */
type Rule = (now: number, letIn: readonly number[]) => number;

interface Case {
  readonly name: string;
  readonly rule: Rule;
  readonly rows: number;
  readonly concurrency: number;
  readonly latencyMs: number;
  readonly aim: string;
}

const WINDOW = { count: 5, ms: 1000 };
const windowed: Rule = (now, letIn) =>
  letIn.filter((at) => at > now - WINDOW.ms).length < WINDOW.count ? 200 : 429;
const OUTAGE_MS = 3000;
const outage =
  (status: number): Rule =>
  (now) =>
    now < OUTAGE_MS ? status : 200;

const CASES: readonly Case[] = [
  { name: '5 in any second, else 429', rule: windowed, rows: 60, concurrency: 20, latencyMs: 20, aim: '< 2' },
  { name: '429 to all for 3 s', rule: outage(429), rows: 400, concurrency: 100, latencyMs: 200, aim: '< 2' },
  { name: '500 to all for 3 s', rule: outage(500), rows: 400, concurrency: 100, latencyMs: 200, aim: '' },
];

/** Requests a record, and how retries are spread over time, at endpoints that say nothing of when to come back. */
export async function retries(directory: string, runs = 3): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const each of CASES) {
    const measured: Arrival[][] = [];
    for (let run = 0; run < runs; run++) measured.push(await arrivals(directory, each));
    findings.push(...report(each, measured));
  }
  return findings;
}

function report({ name, rows, aim }: Case, runs: readonly (readonly Arrival[])[]): Finding[] {
  const binned = runs.map((arrivals) => bins(arrivals.filter(({ isRetry }) => isRetry)));
  const perRow = runs.map((arrivals) => arrivals.length / rows);
  const largest = binned.map((counts) => Math.max(0, ...counts) / counts.reduce((sum, n) => sum + n, 0));
  const most = binned.map((counts) => Math.max(0, ...counts));
  return [
    { name: `retries, ${name}`, value: `${median(perRow).toFixed(2)} requests a record`, aim },
    {
      name: `  most within ${BIN_MS} ms`,
      value: `${median(most)} (${(median(largest) * 100).toFixed(0)} % of all retries)`,
      aim: 'few',
    },
    {
      name: '  retries over time',
      value: `${(binned.at(-1) ?? []).slice(0, SHOWN_BINS).map(glyph).join('')} …`,
      aim: '',
    },
  ];
}

function bins(arrivals: readonly Arrival[]): number[] {
  const counts: number[] = [];
  for (const { at } of arrivals) {
    const bin = Math.floor(at / BIN_MS);
    while (counts.length <= bin) counts.push(0);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

async function arrivals(
  directory: string,
  { name, rule, rows, concurrency, latencyMs }: Case,
): Promise<Arrival[]> {
  const [input, output] = [`${directory}/retries.jsonl`, `${directory}/retries-out.jsonl`];
  await writeRecords(input, rows, 500);
  const endpoint = await startRuledEndpoint(rule, latencyMs);
  const { exitCode, stderr } = await gistmill([
    ...[input, '-o', output, '--base-url', `${endpoint.url}/v1`, '--model', 'bench'],
    ...['--concurrency', String(concurrency), '--max-attempts', '20', '--quiet'],
  ]);
  await endpoint.close();
  await rm(output, { force: true });
  if (exitCode !== 0) throw new Error(`${name}: gistmill ended with ${exitCode}: ${stderr}`);
  return endpoint.seen;
}

const ANSWER = JSON.stringify({
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'A summary.' } }],
});

async function startRuledEndpoint(rule: Rule, latencyMs: number) {
  const seen: Arrival[] = [];
  const letIn: number[] = [];
  const known = new Set<string>();
  let firstAt: number | undefined;
  const server = createServer((request, response) => {
    firstAt ??= performance.now();
    const at = performance.now() - firstAt;
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const record = /Report \d+/.exec(body)?.[0] ?? body;
      seen.push({ at, isRetry: known.has(record) });
      known.add(record);
      const status = rule(at, letIn);
      if (status === 200) letIn.push(at);
      const send = (): void => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(status === 200 ? ANSWER : '{"error":{"message":"not now"}}');
      };
      if (status === 200) setTimeout(send, latencyMs);
      else send();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    seen,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
