import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type MockServer, startMockServer } from '../../src/mock/start-mock-server.ts';
import { run, start } from '../helpers/exec.ts';
import { type Folder, makeFolder } from '../helpers/folder.ts';
import { okRows, resultRows } from '../helpers/result-rows.ts';

const RECORDS = 500;
/** More by hand: `KILLS=100 npx vitest run test/cli/kill.test.ts`. */
const KILLS = Number(process.env.KILLS ?? 7);
const CONCURRENCY = 4;
/** In flight, or answered and on the way to the file: a bound that holds on the busiest machine. */
const OPEN_RECORDS = 4 * CONCURRENCY;
const LONGEST_LIFE_MS = 50;
const MEGABYTE = 1024 * 1024;

/** Every 50th answer is 100 kB long, every 100th 1 MB. */
function summarise(text: string): string {
  const n = Number(text.slice('text '.length));
  return text.padEnd(n % 100 === 99 ? MEGABYTE : n % 50 === 7 ? 100_000 : 40, ' and so on');
}

/** Two of three records have ids, some of them the same; the others are known by their texts. */
function record(n: number): string {
  const text = `text ${n}`;
  return JSON.stringify(n % 3 === 0 ? { text } : { id: n % 3 === 1 ? n - (n % 2) : String(n), text });
}

/** Starts the run again and again, and kills it a random while after it has begun to write. */
async function killOften(folder: Folder, args: readonly string[]): Promise<number> {
  const file = join(folder.path, 'out.jsonl');
  const size = (): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  for (let kills = 0; kills < KILLS; kills++) {
    const before = size();
    const running = start(args, { cwd: folder.path });
    await running.until(() => size() > before);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LIFE_MS));
    running.child.kill('SIGKILL');
    expect(await running.ended).toMatchObject({ signal: 'SIGKILL', stderr: '' });
  }
  return KILLS;
}

async function survive(extra: readonly string[]): Promise<void> {
  const server: MockServer = await startMockServer(
    { latency: { kind: 'uniform', minMs: 5, maxMs: 15 } },
    summarise,
  );
  try {
    const folder = await makeFolder({
      'in.jsonl': Array.from({ length: RECORDS }, (_, n) => `${record(n)}\n`).join(''),
    });
    const endpoint = ['--base-url', `${server.url}/v1`, '-m', 'm', '--prompt', '{{text}}'];
    const args = ['in.jsonl', '-o', 'out.jsonl', '-c', String(CONCURRENCY), '-q', ...extra, ...endpoint];
    const kills = await killOften(folder, args);
    const last = await run(args, { cwd: folder.path });
    expect(last).toMatchObject({ exitCode: 0, stderr: '' });

    const output = folder.read('out.jsonl');
    const texts = okRows(output).map(({ summary }) => summary);
    const expected = Array.from({ length: RECORDS }, (_, n) => summarise(`text ${n}`));
    expect(resultRows(output)).toHaveLength(RECORDS);
    // Compared as booleans: a difference of megabytes is of no use to anybody.
    expect([...texts].sort().every((text, i) => text === [...expected].sort()[i])).toBe(true);
    if (extra.includes('--ordered')) {
      expect(resultRows(output).map(({ index }) => index)).toEqual(expected.map((_, n) => n));
    }
    const { paid, paidTwice } = server.stats();
    expect(paidTwice).toBeLessThanOrEqual(kills * OPEN_RECORDS);
    expect(paid - RECORDS).toBeLessThanOrEqual(kills * OPEN_RECORDS);
  } finally {
    await server.close();
  }
}

test.concurrent('killed again and again, a run loses nothing and pays twice only for what was in flight', async () => {
  await survive([]);
}, 240_000);

test.concurrent('killed again and again, a run with --ordered ends in order of the input', async () => {
  await survive(['--ordered']);
}, 240_000);
