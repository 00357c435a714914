import { beforeEach, describe, expect, it } from 'vitest';
import { StreamWatch } from '../../../src/engine/complete/stream-watch.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const COMPLETION = { text: 'a', finish: { unified: 'stop' }, usage: {} } as const;

let clock: VirtualClock;
let silentAt: number | undefined;
let watch: StreamWatch;

function begin(lateness?: () => number): void {
  clock = new VirtualClock(undefined, lateness === undefined ? {} : { lateness });
  silentAt = undefined;
  watch = new StreamWatch(clock, 1000, () => {
    silentAt = clock.now();
  });
}

beforeEach(() => begin());

describe('silence', () => {
  it('is none before the answer has begun', async () => {
    await clock.advance(1_000_000);
    expect(silentAt).toBeUndefined();
  });

  it('is told once nothing has come for so long, be it tokens or not', async () => {
    for (const hasTokens of [false, true, false, false]) {
      watch.heard(hasTokens);
      await clock.advance(900);
    }
    expect(silentAt).toBeUndefined();
    await clock.advance(100_000);
    expect(silentAt).toBe(3700);
  });

  it('takes one timer, however many pieces come', async () => {
    for (let piece = 0; piece < 500; piece += 1) {
      watch.heard(true);
      await clock.advance(1);
    }
    expect(clock.pending).toBe(1);
  });

  it('is nobody’s business after the end', async () => {
    watch.heard(true);
    await clock.advance(500);
    watch.end();
    expect(clock.pending).toBe(0);
    await clock.advance(100_000);
    expect(silentAt).toBeUndefined();
  });

  it('is not that of a process which was held up: what has come meanwhile is read first', async () => {
    let late = 5000;
    begin(() => {
      const now = late;
      late = 0;
      return now;
    });
    watch.heard(true);
    await clock.advance(6100);
    // The timer was due at 1 s and ran at 6 s; what lay in the socket is read now.
    watch.heard(true);
    await clock.advance(900);
    expect(silentAt).toBeUndefined();
    await clock.advance(10_000);
    expect(silentAt).toBe(7100);
  });
});

describe('the times of an answer', () => {
  it('are those of its first token and of its last', async () => {
    await clock.advance(100);
    watch.heard(false);
    await clock.advance(50);
    watch.heard(true);
    await clock.advance(400);
    watch.heard(true);
    await clock.advance(30);
    watch.heard(false);
    expect(watch.timed(COMPLETION)).toEqual({ ...COMPLETION, timing: { firstTokenMs: 150, outputMs: 400 } });
  });

  it('are not known of an answer that was not streamed', () => {
    expect(watch.timed(COMPLETION)).toBe(COMPLETION);
  });
});
