import { describe, expect, it } from 'vitest';
import { StatsKeeper } from '../../src/mock/stats-keeper.ts';

const KEY = 2 ** 53 - 1;

/** One request from its admission to its end. */
function play(
  stats: StatsKeeper,
  end: 'deliver' | 'reset' | 'hang' | 'brokenJson' | 'empty' | 'abandon',
): void {
  stats.enter(KEY);
  const twice = stats.pay(KEY, 10, 2);
  if (end === 'deliver') stats.deliver(KEY, twice);
  else if (end === 'abandon') stats.abandon(KEY);
  else stats.spoil(KEY, end);
  stats.leave(0);
}

describe('what was paid', () => {
  it('is paid once when the only answer arrives', () => {
    const stats = new StatsKeeper();
    play(stats, 'deliver');
    expect(stats.snapshot()).toMatchObject({
      ok: 1,
      paid: 1,
      paidTwice: 0,
      paidAgainAfterFault: 0,
      paidAgainAfterAbandon: 0,
      distinctPrompts: 1,
      tokensIn: 10,
      tokensOut: 2,
    });
  });

  it.each(['reset', 'hang', 'brokenJson', 'empty'] as const)('is paid again after a fault: %s', (fault) => {
    const stats = new StatsKeeper();
    play(stats, fault);
    play(stats, fault);
    play(stats, 'deliver');
    expect(stats.snapshot()).toMatchObject({ ok: 1, paid: 3, paidTwice: 0, paidAgainAfterFault: 2 });
  });

  it('is paid again after the client left', () => {
    const stats = new StatsKeeper();
    play(stats, 'abandon');
    play(stats, 'deliver');
    expect(stats.snapshot()).toMatchObject({ paid: 2, paidTwice: 0, abandoned: 1, paidAgainAfterAbandon: 1 });
  });

  it('is paid twice when an answer had arrived before, whatever was lost in between', () => {
    const stats = new StatsKeeper();
    play(stats, 'deliver');
    play(stats, 'reset');
    play(stats, 'deliver');
    expect(stats.snapshot()).toMatchObject({ ok: 2, paid: 3, paidTwice: 2, paidAgainAfterFault: 0 });
  });

  it('is paid twice when two requests for it were under way at once', () => {
    const stats = new StatsKeeper();
    const ends = [1, 2].map(() => {
      stats.enter(KEY);
      return stats.pay(KEY, 1, 1);
    });
    for (const twice of ends) stats.deliver(KEY, twice);
    expect(stats.snapshot()).toMatchObject({ ok: 2, paidTwice: 1, maxInFlight: 2, distinctPrompts: 1 });
  });

  it('numbers the attempts at a prompt apart from those at others', () => {
    const stats = new StatsKeeper();
    expect([stats.enter(KEY), stats.enter(KEY), stats.enter(1), stats.enter(KEY)]).toEqual([1, 2, 1, 3]);
  });

  it('starts from zero after a reset, but for what is in flight', () => {
    const stats = new StatsKeeper();
    play(stats, 'reset');
    stats.enter(5);
    stats.fail(429);
    stats.arrive(1);
    stats.reset();
    expect(stats.snapshot()).toMatchObject({
      paid: 0,
      resets: 0,
      rateLimited: 0,
      inFlight: 1,
      maxInFlight: 1,
    });
    expect(stats.snapshot()).toMatchObject({ errors: {}, distinctPrompts: 0, maxRequestsInAnyMinute: 0 });
  });
});
