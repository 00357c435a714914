import { expect, test } from 'vitest';
import { answer, startMock, startScripted } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows, sortedRows } from '../helpers/result-rows.ts';

const MS = (ms: number) => ({ kind: 'uniform', minMs: ms, maxMs: ms }) as const;
const LINES = Array.from(
  { length: 400 },
  (_, n) => `Text ${n}: zwölf Boxkämpfer jagen Viktor über den 🏞️ Deich.\n`,
);

test.concurrent('400 records streamed with every fault are answered once each, as they are unstreamed', async () => {
  const faults = { errorRate: 0.05, resetRate: 0.05, brokenJsonRate: 0.05, emptyRate: 0.02 };
  const { server, flags } = await startMock({ ...faults, cutStreamRate: 0.1, stallRate: 0.01 });
  const plain = await startMock();
  const { path, read } = await makeFolder({ 'in.txt': LINES.join('') });
  const more = ['--max-attempts', '50', '--progress', 'none', '--log-level', 'error', '-c', '32'];
  const streamed = await run(
    ['in.txt', ...flags, ...more, '--stream', '--idle-timeout', '500ms', '-o', 'streamed.jsonl'].concat([
      '--summary-json',
      'summary.json',
    ]),
    { cwd: path },
  );
  expect(streamed.exitCode, streamed.stderr).toBe(0);
  expect((await run(['in.txt', ...plain.flags, ...more, '-o', 'plain.jsonl'], { cwd: path })).exitCode).toBe(
    0,
  );
  const [rows, expected] = [okRows(read('streamed.jsonl')), okRows(read('plain.jsonl'))];
  expect(rows.map(({ summary }) => summary)).toEqual(expected.map(({ summary }) => summary));
  expect(rows).toHaveLength(400);
  const { cutStreams, stalls, ok, paidTwice } = server.stats();
  expect({ cutStreams: cutStreams > 50, stalls: stalls > 0, ok, paidTwice }).toEqual({
    ...{ cutStreams: true, stalls: true },
    ...{ ok: 400, paidTwice: 0 },
  });
  const { retries_by_code: retries, failed_by_code } = JSON.parse(read('summary.json'));
  expect(retries.truncated_body).toBeGreaterThanOrEqual(cutStreams);
  expect(retries.timeout).toBeGreaterThanOrEqual(stalls);
  expect(failed_by_code).toEqual({});
});

test.concurrent('the time to the first token is in the row and in the summary, which tells the speed too', async () => {
  const { flags } = await startMock({ latency: MS(60), tokenLatency: MS(40) });
  const { path, read } = await makeFolder({ 'in.txt': LINES.slice(0, 6).join('') });
  const args = ['in.txt', '-o', 'out.jsonl', '--summary-json', 'summary.json', ...flags];
  const { stderr, exitCode } = await run([...args, '--stream', '-c', '2'], { cwd: path });
  expect(exitCode).toBe(0);
  for (const { first_token_ms = 0, latency_ms } of okRows(read('out.jsonl'))) {
    expect(first_token_ms).toBeGreaterThanOrEqual(55);
    expect(first_token_ms).toBeLessThanOrEqual(latency_ms);
  }
  expect(stderr).toMatch(/\n1st token {2}p50 [\d.]+ m?s, p95 [\d.]+ m?s; then [\d,.]+ tokens\/s\n/);
  const summary = JSON.parse(read('summary.json'));
  expect(summary.first_token_ms.p50).toBeGreaterThanOrEqual(55);
  expect(summary.output_tokens_per_second).toBeGreaterThan(0);
  // What was streamed is what the same settings make unstreamed: there is nothing left to do.
  const again = await run(args, { cwd: path });
  expect(again.stderr).toContain('6 of earlier runs');
  expect(okRows(read('out.jsonl'))).toHaveLength(6);
});

test.concurrent('a stream that ends without its end mark, again and again, is a failed record and no half summary', async () => {
  const { flags } = await startMock({ cutStreamRate: 1 });
  const args = ['-', ...flags, '--stream', '--max-attempts', '2', '--no-dedupe'];
  const { stdout, exitCode } = await run(args, { input: LINES[0] ?? '' });
  expect(exitCode).toBe(1);
  const [row] = sortedRows(stdout);
  expect(row).toMatchObject({ status: 'error', attempts: 2, error: { code: 'truncated_body' } });
  expect(row).not.toHaveProperty('summary');
});

test.concurrent('an endpoint that does not stream is read as it answers', async () => {
  const { flags } = await startScripted((text) => answer(`${text} Whole.`));
  const { stdout, exitCode } = await run(['-', ...flags, '--stream'], { input: 'a\nb\n' });
  expect(exitCode).toBe(0);
  const rows = okRows(stdout);
  expect(rows.map(({ summary }) => summary)).toEqual(['a Whole.', 'b Whole.']);
  expect(rows[0]).not.toHaveProperty('first_token_ms');
});

test.concurrent('an endpoint that does not tell the usage of streams is asked without, which is told once', async () => {
  const { server, flags } = await startScripted((text) => {
    // The request that is answered here is the last that came.
    if (server.requests.at(-1)?.body.includes('stream_options'))
      return { status: 400, body: { error: { message: "Unknown parameter: 'stream_options'." } } };
    const choices = [{ index: 0, delta: { content: text }, finish_reason: 'stop' }];
    return {
      headers: { 'content-type': 'text/event-stream' },
      body: `data: ${JSON.stringify({ choices })}\n\n`,
    };
  });
  const args = ['-', ...flags, '--stream', '-c', '1'];
  const { stdout, stderr, exitCode } = await run(args, { input: 'a\nb\nc\n' });
  expect(exitCode).toBe(0);
  expect(okRows(stdout).map(({ summary }) => summary)).toEqual(['a', 'b', 'c']);
  expect(stderr.split('the endpoint does not take stream_options: it is left out')).toHaveLength(2);
  expect(server.requests).toHaveLength(4);
});

test.concurrent.each([
  [['--provider', 'bedrock', '-m', 'm', '--region', 'us-east-1'], 'bedrock'],
  [['--provider', 'local'], 'local'],
  [['--url', 'http://127.0.0.1:1'], 'http'],
])('--stream is refused where answers come whole: %j', async (flags, name) => {
  const { stderr, exitCode } = await run(['-', ...flags, '--stream'], { input: 'A text.\n' });
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`--stream does not fit the provider ${name}, whose answers come whole`);
});
