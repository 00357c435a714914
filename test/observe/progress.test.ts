import { describe, expect, it } from 'vitest';
import { Events } from '../../src/core/events.ts';
import { startProgress } from '../../src/observe/progress.ts';
import type { ProgressMode } from '../../src/observe/progress-mode.ts';
import { createRedactor } from '../../src/observe/redact.ts';
import { Statistics } from '../../src/observe/statistics.ts';
import { StderrWriter } from '../../src/observe/stderr.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { FakePipe } from './fake-terminal.ts';
import { Play } from './play.ts';

async function begin(mode: ProgressMode) {
  const clock = new VirtualClock();
  const events = new Events();
  const statistics = new Statistics(events, clock);
  const play = new Play(events, clock);
  const pipe = new FakePipe();
  play.start();
  const stop = await startProgress({
    mode,
    stderr: new StderrWriter(pipe, createRedactor([])),
    clock,
    env: {},
    state: () => ({ summary: statistics.snapshot(), input: { bytesRead: 50, totalBytes: 100 } }),
  });
  return { clock, play, pipe, stop };
}

describe('progress as plain lines', () => {
  it('comes every ten seconds, first after ten, without a single escape code', async () => {
    const { clock, play, pipe, stop } = await begin('line');
    await play.whole('a', 9999);
    expect(pipe.raw).toBe('');
    await clock.advance(20_001);
    expect(pipe.lines).toEqual([
      'progress: 50% 1 done, 0.1/s, 10 s left',
      'progress: 50% 1 done, 0/s, 20 s left',
      'progress: 50% 1 done, 0/s, 30 s left',
    ]);
    stop();
    await clock.advance(60_000);
    expect(pipe.lines).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });
});

describe('progress as JSON', () => {
  it('is an object a second, and one at the end', async () => {
    const { clock, play, pipe, stop } = await begin('json');
    await play.whole('a', 500);
    await clock.advance(1600);
    stop();
    stop();
    const objects = pipe.lines.map((line) => JSON.parse(line));
    expect(objects.map(({ elapsed_ms }) => elapsed_ms)).toEqual([1000, 2000, 2100]);
    expect(objects[2]).toMatchObject({ event: 'progress', ok: 1, share_done: 0.5 });
  });
});

it('no progress is no timer and no word', async () => {
  const { clock, pipe, stop } = await begin('none');
  await clock.advance(60_000);
  stop();
  expect(pipe.raw).toBe('');
});
