import { describe, expect, it } from 'vitest';
import { AppError, ProviderError, toAppError } from '../../src/core/errors.ts';
import { EXIT, EXIT_MEANINGS } from '../../src/core/exit-codes.ts';
import { type ErrorCode, FAILURES, failureRule } from '../../src/core/failures.ts';

const codes = Object.keys(FAILURES) as ErrorCode[];

describe('an error', () => {
  it('knows by its code whether another attempt may help', () => {
    expect(new AppError('timeout', 'x').retryable).toBe(true);
    expect(new ProviderError('rate_limited', 'x').retryable).toBe(true);
    expect(new AppError('bad_request', 'x').retryable).toBe(false);
  });

  it('keeps its cause, and has none where none was given', () => {
    const cause = new Error('why');
    expect(new AppError('internal', 'x', { cause }).cause).toBe(cause);
    expect('cause' in new AppError('internal', 'x')).toBe(false);
  });

  it('of a provider keeps a 0 apart from what is missing', () => {
    const told = new ProviderError('rate_limited', 'x', { retryAfterMs: 0, usage: { inputTokens: 0 } });
    expect([told.retryAfterMs, told.usage]).toEqual([0, { inputTokens: 0 }]);
    expect(new ProviderError('rate_limited', 'x').retryAfterMs).toBeUndefined();
  });

  it('is passed on as it is, and anything else becomes a fault of the program', () => {
    const known = new ProviderError('timeout', 'x');
    expect(toAppError(known)).toBe(known);
    const bug = new TypeError('a bug');
    expect(toAppError(bug)).toMatchObject({ code: 'internal', message: 'a bug', cause: bug });
    expect(toAppError('a string')).toMatchObject({ code: 'internal', message: 'a string' });
    expect(toAppError(undefined)).toMatchObject({ code: 'internal', message: 'undefined' });
  });
});

describe('the table of failures', () => {
  it('has codes in lower snake case and a meaning for each', () => {
    for (const code of codes) {
      expect(code).toMatch(/^[a-z]+(_[a-z0-9]+)*$/);
      expect(failureRule(code).meaning).toMatch(/^[A-Z].*\.$/s);
    }
  });

  it('never asks again after what ends the run, and fails a record with exit code 1', () => {
    for (const code of codes) {
      const { scope, retry, exitCode } = failureRule(code);
      if (scope === 'run') expect([code, retry]).toEqual([code, 'no']);
      else expect([code, exitCode]).toEqual([code, EXIT.someFailed]);
    }
  });
});

describe('exit codes', () => {
  it('are each explained once, lowest first', () => {
    const explained = EXIT_MEANINGS.map(([code]) => code);
    expect(explained).toEqual([...new Set(explained)].sort((a, b) => a - b));
    expect(Object.values(EXIT)).toEqual(expect.arrayContaining(explained));
  });

  it('that a failure leads to are explained', () => {
    const explained = new Set<number>(EXIT_MEANINGS.map(([code]) => code));
    for (const code of codes) expect([code, explained.has(failureRule(code).exitCode)]).toEqual([code, true]);
  });
});
