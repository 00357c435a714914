import { describe, expect, it, vi } from 'vitest';
import { Cancellation, toAbortSignal } from '../../src/core/cancel-signal.ts';

describe('a cancellation', () => {
  it('tells each listener once, with the first reason', () => {
    const cancellation = new Cancellation();
    const listener = { handleEvent: vi.fn() };
    cancellation.addEventListener('abort', listener);
    cancellation.abort('first');
    cancellation.abort('second');
    expect(listener.handleEvent).toHaveBeenCalledTimes(1);
    expect(cancellation).toMatchObject({ aborted: true, reason: 'first' });
  });

  it('does not tell a listener that was taken off', () => {
    const cancellation = new Cancellation();
    const [gone, stays] = [{ handleEvent: vi.fn() }, { handleEvent: vi.fn() }];
    cancellation.addEventListener('abort', gone);
    cancellation.addEventListener('abort', stays);
    cancellation.removeEventListener('abort', gone);
    cancellation.abort('now');
    expect(gone.handleEvent).not.toHaveBeenCalled();
    expect(stays.handleEvent).toHaveBeenCalledTimes(1);
  });

  it('becomes an AbortSignal that follows it, whenever it aborts', () => {
    const [before, after] = [new Cancellation(), new Cancellation()];
    before.abort('before');
    const [aborted, follows] = [toAbortSignal(before), toAbortSignal(after)];
    expect(aborted.reason).toBe('before');
    expect(follows.aborted).toBe(false);
    after.abort('after');
    expect(follows.reason).toBe('after');
  });

  it('leaves an AbortSignal as it is', () => {
    const { signal } = new AbortController();
    expect(toAbortSignal(signal)).toBe(signal);
  });
});
