import PQueue from 'p-queue';
import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../src/core/errors.ts';
import { type Bottleneck, Events } from '../../src/core/events.ts';
import { BottleneckTeller } from '../../src/engine/bottleneck-teller.ts';
import { Limiter } from '../../src/engine/limiter/limiter.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { goodRows } from './helpers/records.ts';
import { runEngine, startEngine } from './helpers/run-engine.ts';

describe('the bottleneck', () => {
  it('is told only when it changes', () => {
    const clock = new VirtualClock();
    const events = new Events();
    const told: Bottleneck[] = [];
    events.on('bottleneck', ({ by }) => told.push(by));
    const limiter = new Limiter({ clock, limits: [{ unit: 'requests', limit: 60, windowMs: 60_000 }] });
    const queue = new PQueue({ concurrency: 1 });
    const teller = new BottleneckTeller({ limiter, queue, emit: events.emit });
    teller.update();
    void queue.add(() => new Promise(() => {}));
    void queue.add(() => new Promise(() => {}));
    for (let i = 0; i < 3; i++) teller.update();
    limiter.tryAcquire({ inputTokens: 0, outputTokens: 0 });
    void limiter.acquire({ inputTokens: 0, outputTokens: 0 });
    for (let i = 0; i < 3; i++) teller.update();
    limiter.pauseUntil(5000);
    teller.update();
    expect(told).toEqual(['concurrency', 'requests', 'pause']);
  });

  it.each([
    ['concurrency', { concurrency: 2 }],
    ['requests', { limits: [{ unit: 'requests', limit: 60, windowMs: 60_000 }] }],
    ['tokens', { limits: [{ unit: 'tokens', limit: 1000, windowMs: 60_000 }] }],
  ] as const)('of a run is %s, and nothing once it is over', async (by, options) => {
    const { seen } = await runEngine({ rows: goodRows(12), script: () => ({ latencyMs: 100 }), ...options });
    const told = seen.bottlenecks.map((event) => event.by);
    expect(told).toContain(by);
    expect(told.at(-1)).toBe('none');
  });

  it('is no pause any more once the first request after it is under way', async () => {
    const { start, clock, seen } = startEngine({
      ...{ rows: goodRows(1), concurrency: 1 },
      script: (_request, n) =>
        n === 0
          ? { latencyMs: 10, error: new ProviderError('rate_limited', '429', { retryAfterMs: 2000 }) }
          : { latencyMs: 10_000 },
    });
    const run = start();
    await clock.advance(1000);
    expect(seen.bottlenecks.at(-1)).toEqual({ by: 'pause' });
    await clock.advance(2000);
    expect(seen.bottlenecks.at(-1)).toEqual({ by: 'none' });
    await clock.until(run);
  });
});
