import { describe, expect, it } from 'vitest';
import { EffortMeter } from '../../src/engine/effort-meter.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

describe('the effort meter', () => {
  it('counts nothing for a record that never got as far as a request', async () => {
    const clock = new VirtualClock();
    const effort = new EffortMeter(clock);
    await clock.advance(500);
    expect(effort.total()).toEqual({ attempts: 0, latencyMs: 0, usage: {} });
  });

  it('measures from the first request to the end, all attempts and waits between them included', async () => {
    const clock = new VirtualClock();
    const effort = new EffortMeter(clock);
    await clock.advance(1000);
    expect(effort.begin()).toBe(1);
    await clock.advance(300);
    expect(effort.begin()).toBe(2);
    await clock.advance(200);
    expect(effort.total()).toMatchObject({ attempts: 2, latencyMs: 500 });
  });

  it('adds up tokens and keeps what is unknown apart from 0', () => {
    const effort = new EffortMeter(new VirtualClock());
    effort.addUsage({});
    expect(effort.total().usage).toEqual({});
    effort.addUsage({ inputTokens: 10 });
    effort.addUsage({ inputTokens: 5, outputTokens: 0 });
    expect(effort.total().usage).toEqual({ inputTokens: 15, outputTokens: 0 });
  });

  it('adds up what is known of the cost, without drifting', () => {
    const effort = new EffortMeter(new VirtualClock());
    effort.addUsage({});
    expect(effort.total()).not.toHaveProperty('costUsd');
    for (let i = 0; i < 10; i++) effort.addUsage({}, 0.1);
    expect(effort.total().costUsd).toBe(1);
  });
});
