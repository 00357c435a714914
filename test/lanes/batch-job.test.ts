import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { ProviderError } from '../../src/core/errors.ts';
import { BatchJob } from '../../src/lanes/batch-job.ts';
import {
  type BatchFiles,
  type BatchState,
  batchFiles,
  newBatchFolder,
  readBatchState,
  writeBatchState,
} from '../../src/lanes/batch-state.ts';
import { JobWriter } from '../../src/lanes/job-writer.ts';
import type { Lane } from '../../src/lanes/lane.ts';
import { openLane } from '../../src/lanes/open-lane.ts';
import type { MockServerOptions } from '../../src/mock/mock-server-options.ts';
import { startMock } from '../helpers/endpoint.ts';

const WIRES = ['openai', 'anthropic'] as const;
type Wire = (typeof WIRES)[number];

const signal = new AbortController().signal;
const body = (n: number): string =>
  JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: `text ${n}` }] });

async function opened(wire: Wire, options: Partial<MockServerOptions> = {}) {
  const { server } = await startMock({ batchTime: 0, ...options });
  const lane = await openLane(wire, wire, { baseUrl: server.url, env: {} });
  return { server, lane };
}

/** A batch of five requests in parts of two, as a submission leaves it before anything is sent. */
async function prepared(lane: Lane, size = 5): Promise<BatchFiles> {
  const files = batchFiles(join(mkdtempSync(join(tmpdir(), 'gistmill-lanes-')), 'out.jsonl'));
  await newBatchFolder(files);
  const job = 'jobjob01';
  const writer = await JobWriter.create({ files, lane, job, limits: { requests: 2, bytes: 1e6 } });
  for (let n = 0; n < size; n++) {
    const text = `text ${n}`;
    const record = {
      id: `r${n}`,
      index: n,
      key: `key ${n}`,
      text,
      fields: { text },
      at: { file: 'in', line: n + 1 },
    };
    await writer.add(record, body(n), undefined);
  }
  await writeBatchState(files, {
    ...{ gistmill: 'batch', version: 1, lane: lane.name, job, endpoint: '', model: 'm', ownModels: false },
    ...{
      madeBy: 'x',
      submitted: new Date().toISOString(),
      flags: {},
      cwd: '/',
      isCancelled: false,
      online: 0,
    },
    parts: await writer.end(),
  });
  return files;
}

async function jobOn(files: BatchFiles, lane: Lane): Promise<BatchJob> {
  const state = (await readBatchState(files)) as BatchState;
  return new BatchJob(state, { files, lane, signal, clock: systemClock, pollMs: 5 });
}

async function toEnd(job: BatchJob): Promise<void> {
  for (let looks = 0; !job.isOver; looks++) {
    if (looks > 200) throw new Error(JSON.stringify(job.state.parts));
    await job.advance();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

class Killed extends Error {}

/** A lane under which the process dies at the n-th moment: before a call goes out, or before its answer is heard. */
function dyingAt(lane: Lane, n: number): Lane {
  let moment = 0;
  const step = (): void => {
    if (moment++ === n) throw new Killed();
  };
  const dying =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      step();
      const answer = await call(...args);
      step();
      return answer;
    };
  return {
    ...lane,
    ...(lane.upload !== undefined && { upload: dying(lane.upload) }),
    ...{
      create: dying(lane.create),
      find: dying(lane.find),
      look: dying(lane.look),
      fetch: dying(lane.fetch),
    },
  };
}

async function counts(url: string, wire: Wire): Promise<number[]> {
  const path = wire === 'openai' ? '/v1/batches' : '/v1/messages/batches';
  const { data } = (await (await fetch(`${url}${path}?limit=100`)).json()) as {
    data: { request_counts: Record<string, number> }[];
  };
  return data.map(
    ({ request_counts: { total, ...each } }) => total ?? Object.values(each).reduce((a, b) => a + b, 0),
  );
}

test.each(WIRES)(
  '%s: whenever the process dies, each part is submitted once, and all results come',
  async (wire) => {
    for (let n = 0; ; n++) {
      const { server, lane } = await opened(wire);
      const files = await prepared(lane);
      let died = false;
      await toEnd(await jobOn(files, dyingAt(lane, n))).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
        died = true;
      });
      await toEnd(await jobOn(files, lane));
      expect((await counts(server.url, wire)).sort(), `after death ${n}`).toEqual([1, 2, 2]);
      const lines = [1, 2, 3].flatMap((part) =>
        readFileSync(files.results(part), 'utf8').trimEnd().split('\n'),
      );
      expect(new Set(lines.map((line) => (JSON.parse(line) as { custom_id: string }).custom_id)).size).toBe(
        5,
      );
      await lane.close();
      if (!died) {
        expect(n).toBeGreaterThan(wire === 'openai' ? 15 : 9);
        return;
      }
    }
  },
);

test("Anthropic: another's batch of as many requests is not taken for one's own", async () => {
  const { server, lane } = await opened('anthropic');
  const files = await prepared(lane, 2);
  // It dies when the batch was about to be made; meanwhile someone else makes one of two requests.
  await toEnd(await jobOn(files, dyingAt(lane, 0))).catch(() => {});
  const other = await prepared(lane, 2);
  const { requests, number } = (await readBatchState(other))?.parts[0] ?? { requests: 0, number: 0 };
  const foreign = readFileSync(other.requests(number), 'utf8').replaceAll('jobjob01', 'theirs02');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(other.requests(number), foreign);
  await lane.create({ token: 'x', requests, path: other.requests(number) }, signal);
  await toEnd(await jobOn(files, lane));
  expect(await counts(server.url, 'anthropic')).toEqual([2, 2]);
  expect(readFileSync(files.results(1), 'utf8')).toContain('jobjob01');
  await lane.close();
});

test.each(WIRES)(
  '%s: parts without room wait, the smallest goes first, and one that never fits is cut in two',
  async (wire) => {
    const { server, lane } = await opened(wire, { batchTime: 20, batchTokens: wire === 'openai' ? 60 : 75 });
    const files = await prepared(lane, 4);
    const job = await jobOn(files, lane);
    await toEnd(job);
    expect(job.state.parts.every(({ status, requests }) => status === 'fetched' && requests === 1)).toBe(
      true,
    );
    expect(job.state.parts.map(({ from, to }) => to - from).every((bytes) => bytes > 0)).toBe(true);
    expect(existsSync(files.requests(1))).toBe(false);
    expect((await counts(server.url, wire)).length).toBeGreaterThanOrEqual(4);
    await lane.close();
  },
);

test('a refused batch takes its records with it, and says why', async () => {
  const { lane } = await opened('openai');
  const files = await prepared(lane, 2);
  const refusing: Lane = {
    ...lane,
    create: async () => ({
      ...{ id: 'b', state: 'refused', status: 'failed', files: [] },
      refusal: { message: 'invalid_model: no such model', isForRoom: false },
    }),
  };
  const job = await jobOn(files, refusing);
  await toEnd(job);
  expect(job.state.parts).toMatchObject([{ status: 'refused', message: 'invalid_model: no such model' }]);
  await lane.close();
});

test('what may pass is tried again, what will not ends it, and both leave the state whole', async () => {
  const { lane } = await opened('openai');
  const files = await prepared(lane, 1);
  const failing = (code: 'connection' | 'wrong_key'): Lane => ({
    ...lane,
    upload: async () => {
      throw new ProviderError(code, 'no');
    },
  });
  expect(await (await jobOn(files, failing('connection'))).advance()).toMatchObject([{ code: 'connection' }]);
  await expect((await jobOn(files, failing('wrong_key'))).advance()).rejects.toMatchObject({
    code: 'wrong_key',
  });
  await toEnd(await jobOn(files, lane));
  await lane.close();
});

test('cancelled before it was sent, nothing is sent', async () => {
  const { server, lane } = await opened('openai');
  const files = await prepared(lane, 3);
  await (await jobOn(files, lane)).cancel();
  await toEnd(await jobOn(files, lane));
  expect(await counts(server.url, 'openai')).toEqual([]);
  await lane.close();
});
