import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../src/core/errors.ts';
import { localTime } from '../../src/engine/local-time.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';
import { goodRows } from './helpers/records.ts';
import { runEngine } from './helpers/run-engine.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const rpd = (limit: number) => ({ unit: 'requests', limit, windowMs: DAY, name: '--rpd' }) as const;
const tpd = (limit: number) => ({ unit: 'tokens', limit, windowMs: DAY, name: '--tpd' }) as const;

describe('a limit by the day that is used up', () => {
  it('ends the run resumably: it says which one and when to come back; what is in flight gets its row', async () => {
    const { end, sink, provider, clock } = await runEngine({
      ...{ rows: goodRows(20), limits: [rpd(7)], concurrency: 5, graceMs: 0 },
      script: () => ({ latencyMs: 30_000 }),
    });
    expect(end.stoppedBy).toMatchObject({
      code: 'limit_spent',
      message: expect.stringMatching(
        /^--rpd 7 is used up: the next request would wait 86\d\d\d s, more than --max-retry-wait \(900 s\)$/,
      ),
    });
    expect(provider.arrivals).toHaveLength(7);
    expect(sink.outcomes.map(({ ok }) => ok)).toEqual(new Array(7).fill(true));
    expect(clock.now()).toBe(60_000);
    const at = /after (\S+), or raise --max-retry-wait/.exec(end.stoppedBy?.hint ?? '')?.[1] ?? '';
    expect(at).toBe(localTime(Date.parse(at)));
    const sinceFirst = Date.parse(at) - (clock.epochMs() - clock.now());
    expect(sinceFirst).toBeGreaterThanOrEqual(DAY - 1000);
    expect(sinceFirst).toBeLessThanOrEqual(DAY * 1.002);
  });

  it('is waited for where --max-retry-wait allows it', async () => {
    const { end, sink } = await runEngine({
      ...{ rows: goodRows(20), limits: [rpd(7)], concurrency: 5, maxRetryWaitMs: 2 * DAY },
    });
    expect(end.stoppedBy).toBeUndefined();
    expect(sink.outcomes).toHaveLength(20);
  });

  it('is none while what is in flight may leave room: answers are shorter than was thought', async () => {
    const { end, sink, provider } = await runEngine({
      ...{ rows: goodRows(8), limits: [tpd(700)], concurrency: 4 },
      script: () => ({ latencyMs: 1000, usage: { inputTokens: 5, outputTokens: 5 } }),
    });
    expect(end.stoppedBy).toBeUndefined();
    expect(sink.outcomes.filter(({ ok }) => ok)).toHaveLength(8);
    expect(provider.arrivals).toHaveLength(8);
  });

  it('is so for tokens, whose estimate stands where an attempt fails without telling', async () => {
    const { end, sink } = await runEngine({
      ...{ rows: goodRows(8), limits: [tpd(1000)], concurrency: 2 },
      script: () => ({ error: new ProviderError('timeout', 'no answer') }),
    });
    expect(end.stoppedBy).toMatchObject({
      code: 'limit_spent',
      message: expect.stringContaining('--tpd 1000'),
    });
    expect(sink.outcomes).toEqual([]);
  });

  it('counts what earlier runs took: nothing is sent, until that is 24 hours old', async () => {
    const clock = new VirtualClock();
    const taken = [[clock.epochMs() - 23 * 60 * MINUTE, 7]] as const;
    const options = {
      ...{ rows: goodRows(3), limits: [rpd(7)] },
      uses: {
        earlier: [{ unit: 'requests', windowMs: DAY, taken }] as const,
        follow: () => {},
        close: async () => {},
      },
    };
    const early = await runEngine({ ...options, clock });
    expect(early.end.stoppedBy?.code).toBe('limit_spent');
    expect(early.provider.arrivals).toEqual([]);
    const later = await runEngine({ ...options, clock: new VirtualClock(clock.epochMs() + 63 * MINUTE) });
    expect(later.end.stoppedBy).toBeUndefined();
    expect(later.provider.arrivals).toHaveLength(3);
  });

  it('does not end a run that is only slow: a pace of one request in half an hour is kept', async () => {
    const { end, sink } = await runEngine({
      ...{
        rows: goodRows(3),
        limits: [{ unit: 'requests', limit: 1 / 30, windowMs: MINUTE, name: '--rpm' }],
      },
    });
    expect(end.stoppedBy).toBeUndefined();
    expect(sink.outcomes).toHaveLength(3);
  });
});
