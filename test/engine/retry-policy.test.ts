import { describe, expect, it } from 'vitest';
import { ProviderError, type ProviderErrorExtra } from '../../src/core/errors.ts';
import { type ErrorCode, FAILURES, failureRule } from '../../src/core/failures.ts';
import { RetryPolicy } from '../../src/engine/retry-policy.ts';

const failure = (code: ErrorCode, extra: ProviderErrorExtra = {}) => new ProviderError(code, code, extra);
const tooMany = failure('rate_limited', { status: 429 });
const fault = failure('server_error', { status: 500 });

function policy(drawn = 0.999_999) {
  return new RetryPolicy({
    maxAttempts: 3,
    maxRateLimitAttempts: 5,
    maxRetryWaitMs: 900_000,
    random: () => drawn,
  });
}

/** How many failures of the kind, one after the other, are answered by another attempt. */
function retriesOf(error: ProviderError): number {
  const history = policy().begin();
  let retries = 0;
  while (history.decide(error).action === 'retry') retries += 1;
  return retries;
}

describe('the retry policy', () => {
  it('gives each kind of fault its own number of attempts', () => {
    expect(retriesOf(fault)).toBe(2);
    expect(retriesOf(tooMany)).toBe(4);
    expect(retriesOf(failure('empty_answer'))).toBe(1);
    expect(retriesOf(failure('bad_request'))).toBe(0);
  });

  it('does not count a busy hour against the budget for faults, nor the other way round', () => {
    const history = policy().begin();
    const actions = [tooMany, fault, tooMany, fault, tooMany, tooMany, failure('empty_answer')].map(
      (error) => history.decide(error).action,
    );
    expect(actions).toEqual(Array(7).fill('retry'));
    expect(history.decide(fault).action).toBe('give-up');
  });

  it('lets each record have the whole of it', () => {
    const shared = policy();
    const first = shared.begin();
    first.decide(fault);
    first.decide(fault);
    expect(shared.begin().decide(fault).action).toBe('retry');
  });

  it('takes a bare 503 for a fault of one backend, not for a word to all', () => {
    expect(retriesOf(failure('overloaded', { status: 503 }))).toBe(2);
    expect(retriesOf(failure('overloaded', { status: 529 }))).toBe(4);
  });

  it('never asks again after what the table of failures calls final', () => {
    const codes = Object.keys(FAILURES) as ErrorCode[];
    const final = codes.filter((code) => failureRule(code).retry === 'no');
    expect(final.length).toBeGreaterThan(10);
    for (const code of final) expect([code, retriesOf(failure(code))]).toEqual([code, 0]);
  });

  it('doubles the bound of the wait from attempt to attempt, and draws from all of it', () => {
    const delays = (drawn: number) => {
      const shared = new RetryPolicy({
        maxAttempts: 12,
        maxRateLimitAttempts: 5,
        maxRetryWaitMs: 900_000,
        random: () => drawn,
      });
      const history = shared.begin();
      return Array.from({ length: 9 }, () => {
        const decision = history.decide(fault);
        return decision.action === 'retry' ? Math.round(decision.delayMs) : undefined;
      });
    };
    expect(delays(0.999_999_9)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(delays(0)).toEqual(Array(9).fill(0));
  });

  it.each([
    [2000, 2000],
    [100, 500],
    [0, 500],
    [undefined, 500],
  ])('waits at least as long as the endpoint asks: %s ms', (retryAfterMs, expected) => {
    const decision = policy().begin().decide(failure('server_error', { retryAfterMs }));
    expect(decision.action === 'retry' && Math.round(decision.delayMs)).toBe(expected);
  });

  it('gives a record up where the endpoint asks for a longer wait than is allowed, and obeys one just as long', () => {
    const decide = (retryAfterMs: number) =>
      policy().begin().decide(failure('server_error', { retryAfterMs }));
    expect(decide(900_000)).toEqual({ action: 'retry', delayMs: 900_000 });
    expect(decide(900_001)).toEqual({ action: 'give-up' });
    expect(decide(9_999_999_999_000)).toEqual({ action: 'give-up' });
  });
});
