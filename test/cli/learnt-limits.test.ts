import { expect, test } from 'vitest';
import type { LimitHeaders } from '../../src/mock/limit-headers.ts';
import { startMock } from '../helpers/endpoint.ts';
import { run, start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows } from '../helpers/result-rows.ts';

const INPUT = Array.from({ length: 40 }, (_, n) => `This is the text number ${n}.\n`).join('');
const LATENCY = { kind: 'uniform', minMs: 20, maxMs: 20 } as const;

test.concurrent.each<[LimitHeaders, number]>([
  ['openai', 10],
  ['anthropic', 10],
  ['ietf', 10],
])('limits are learnt from the headers of %s; nothing fails', async (limitHeaders, most) => {
  const { server, flags } = await startMock({ rpm: 1200, limitHeaders, latency: LATENCY });
  const { stdout, stderr, exitCode } = await run(['-', ...flags, '-c', '8', '--log-level', 'info'], {
    input: INPUT,
  });
  expect(exitCode).toBe(0);
  expect(okRows(stdout)).toHaveLength(40);
  expect(stderr).toContain('limit: 1200 requests a minute');
  expect(server.stats().rateLimited).toBeLessThanOrEqual(most);
});

test.concurrent('an endpoint that tells nothing of its limits is used all the same', async () => {
  const { flags } = await startMock({ rpm: 1200, limitHeaders: 'none', latency: LATENCY });
  const { stdout, stderr, exitCode } = await run(['-', ...flags, '-c', '8', '--log-level', 'info'], {
    input: INPUT,
  });
  expect(exitCode).toBe(0);
  expect(okRows(stdout)).toHaveLength(40);
  expect(stderr).not.toContain('requests a minute');
});

test.concurrent('gistmill mock in a process of its own writes Anthropic’s headers, and its limits on input and output are learnt', async () => {
  const { path } = await makeFolder({ 'in.txt': INPUT });
  const limits = ['--input-tpm', '600000', '--output-tpm', '300000', '--rpd', '500', '--tpd', '1000000'];
  const mock = start(['mock', '--port', '0', ...limits, '--limit-headers', 'anthropic'], { cwd: path });
  const url = (await mock.stderrMatch(/at (http:\S+\/v1)/))[1] ?? '';
  const args = ['in.txt', '--base-url', url, '--model', 'm', '-c', '4', '--log-level', 'info'];
  const { stdout, stderr, exitCode } = await run(args, { cwd: path });
  mock.child.kill('SIGTERM');
  await mock.ended;
  expect(exitCode).toBe(0);
  expect(okRows(stdout)).toHaveLength(40);
  expect(stderr).toContain('limit: 600000 inputTokens a minute');
  expect(stderr).toContain('limit: 300000 outputTokens a minute');
});

test.concurrent('an endpoint whose limit by the day is used up ends the run, saying when to come back', async () => {
  const { flags } = await startMock({ rpd: 20 });
  const { stdout, stderr, exitCode } = await run(['-', ...flags, '-c', '4'], { input: INPUT });
  expect(exitCode).toBe(3);
  expect(okRows(stdout)).toHaveLength(20);
  expect(stderr).toMatch(
    /the endpoint asks to wait 43\d\d s, more than --max-retry-wait \(900 s\) \(retry_wait_too_long\)/,
  );
});
