import { describe, expect, it } from 'vitest';
import { AppError, ProviderError } from '../../../src/core/errors.ts';
import type { Provider } from '../../../src/core/request.ts';
import { makeAttempt } from '../../../src/engine/complete/attempt.ts';
import { RunControl } from '../../../src/engine/run-control.ts';
import { type ScriptedAnswer, ScriptedProvider } from '../../helpers/scripted-provider.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { requestFor } from '../helpers/records.ts';

function setUp(answer: ScriptedAnswer = {}) {
  const clock = new VirtualClock();
  const control = new RunControl({ clock, graceMs: 1000 });
  const scripted = new ScriptedProvider(clock, () => answer);
  const attempt = (provider: Provider = scripted) =>
    makeAttempt({ provider, control, clock, timeoutMs: 5000 }, requestFor('x'));
  return { clock, control, scripted, attempt };
}

describe('an attempt', () => {
  it('gives the answer and leaves nothing behind', async () => {
    const { clock, attempt } = setUp({ latencyMs: 4999, text: 'in time' });
    expect(await clock.until(attempt())).toMatchObject({ text: 'in time' });
    expect(clock.pending).toBe(0);
  });

  it('passes on a failure as the provider classified it', async () => {
    const error = new ProviderError('bad_request', 'no');
    const { clock, attempt } = setUp({ error });
    await expect(clock.until(attempt())).rejects.toBe(error);
    expect(clock.pending).toBe(0);
  });

  it('ends by its timeout and tells the provider', async () => {
    const { clock, attempt, scripted } = setUp({ hang: 'listening' });
    await expect(clock.until(attempt())).rejects.toMatchObject({
      code: 'timeout',
      message: 'no complete answer within 5 s (--timeout)',
    });
    expect(clock.now()).toBe(5000);
    expect(scripted.cut).toBe(1);
  });

  it('ends by its timeout even if the provider does not listen', async () => {
    const { clock, attempt } = setUp({ hang: 'deaf' });
    await expect(clock.until(attempt())).rejects.toMatchObject({ code: 'timeout' });
    expect(clock.now()).toBe(5000);
  });

  it('ends at once when the run is aborted, even if the provider does not listen', async () => {
    const { clock, control, attempt } = setUp({ hang: 'deaf' });
    const reason = new AppError('interrupted', 'stop');
    const cut = attempt();
    control.abort(reason);
    await expect(cut).rejects.toBe(reason);
    expect(clock.now()).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('does not mind an answer that comes after its end', async () => {
    const { clock, attempt } = setUp({ latencyMs: 6000 });
    await expect(clock.until(attempt())).rejects.toMatchObject({ code: 'timeout' });
    await clock.advance(10_000);
  });

  it.each([
    ['rejects', () => Promise.reject(new TypeError('a bug'))],
    [
      'throws at once',
      () => {
        throw new TypeError('a bug');
      },
    ],
  ])(
    'calls it a fault of the program when a provider %s with something unclassified',
    async (_name, fail) => {
      const { clock, attempt } = setUp();
      const provider: Provider = { name: 'buggy', attempt: fail, close: async () => {} };
      await expect(clock.until(attempt(provider))).rejects.toMatchObject({
        name: 'ProviderError',
        code: 'internal',
        message: 'a bug',
      });
      expect(clock.pending).toBe(0);
    },
  );
});
