import { expect, test } from 'vitest';
import { startMock } from '../helpers/endpoint.ts';
import { start } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows } from '../helpers/result-rows.ts';

test('answers that came while the process could not run are taken, not cut off and paid for again', async () => {
  const { server, flags } = await startMock({ latency: { kind: 'uniform', minMs: 400, maxMs: 400 } });
  const { path, read } = await makeFolder({
    'in.txt': Array.from({ length: 8 }, (_, n) => `text ${n}\n`).join(''),
  });
  const running = start(['in.txt', '-o', 'out.jsonl', '-c', '8', '--timeout', '1500ms', ...flags], {
    cwd: path,
  });
  await running.until(() => server.stats().inFlight === 8);
  running.child.kill('SIGSTOP');
  await running.until(() => server.stats().ok === 8);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  running.child.kill('SIGCONT');
  expect((await running.ended).exitCode).toBe(0);
  expect(okRows(read('out.jsonl'))).toHaveLength(8);
  expect(server.stats()).toMatchObject({ requests: 8, paid: 8 });
});
