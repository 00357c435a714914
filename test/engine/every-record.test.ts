import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError, ProviderError } from '../../src/core/errors.ts';
import type { ErrorCode } from '../../src/core/failures.ts';
import type { ScriptedAnswer } from '../helpers/scripted-provider.ts';
import { expectWithin } from './helpers/arrivals.ts';
import { brokenRow, goodRow } from './helpers/records.ts';
import { runEngine, startEngine } from './helpers/run-engine.ts';

const RECORD_FAULTS: readonly ErrorCode[] = [
  ...(['connection', 'timeout', 'conflict', 'server_error', 'truncated_body', 'invalid_response'] as const),
  ...(['overloaded', 'rate_limited', 'bad_request', 'context_too_long', 'content_filtered'] as const),
];

const fault: fc.Arbitrary<ScriptedAnswer> = fc
  .record({
    code: fc.constantFrom(...RECORD_FAULTS),
    status: fc.constantFrom(undefined, 503, 529),
    retryAfterMs: fc.constantFrom(undefined, undefined, 0, 1, 700, 20_000),
    latencyMs: fc.integer({ min: 0, max: 3000 }),
  })
  .map(({ latencyMs, ...rest }) => ({ latencyMs, error: new ProviderError(rest.code, rest.code, rest) }));

const answer: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ latencyMs: fc.integer({ min: 0, max: 3000 }) }) },
  { weight: 3, arbitrary: fault },
  {
    weight: 1,
    arbitrary: fc.constantFrom<ScriptedAnswer>({ hang: 'deaf' }, { hang: 'listening' }, { text: '' }),
  },
);

interface Scene {
  /** For each record, whether it is broken. */
  readonly broken: readonly boolean[];
  readonly answers: readonly ScriptedAnswer[];
  readonly concurrency: number;
  readonly window: number;
  readonly rpm: number | undefined;
  readonly writeMs: number;
  readonly seed: number;
}

const scene: fc.Arbitrary<Scene> = fc.record({
  broken: fc.array(
    fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    { maxLength: 60, size: 'max' },
  ),
  answers: fc.array(answer, { minLength: 1, maxLength: 60, size: 'max' }),
  concurrency: fc.integer({ min: 1, max: 8 }),
  window: fc.integer({ min: 1, max: 20 }),
  rpm: fc.option(fc.integer({ min: 5, max: 2000 }), { nil: undefined }),
  writeMs: fc.constantFrom(0, 0, 5, 500),
  seed: fc.nat(),
});

function optionsOf({ broken, answers, rpm, writeMs, ...rest }: Scene) {
  return {
    ...rest,
    rows: broken.map((isBroken, index) => (isBroken ? brokenRow(index) : goodRow(index))),
    script: (_request: unknown, n: number): ScriptedAnswer => answers[n % answers.length] ?? {},
    limits: rpm === undefined ? [] : [{ unit: 'requests', limit: rpm, windowMs: 60_000 } as const],
    maxRateLimitAttempts: 8,
    timeoutMs: 10_000,
    sink: { writeMs },
  };
}

describe('whatever happens', () => {
  it('every record has exactly one outcome, attempts are the requests sent, and no limit is broken', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async (each) => {
        const { sink, provider, end, clock, seen } = await runEngine(optionsOf(each));
        expect(end).toEqual({ stoppedBy: undefined, unfinished: 0 });
        expect(sink.indexes).toEqual(each.broken.map((_, index) => index));
        const attempts = sink.outcomes.reduce((sum, { effort }) => sum + effort.attempts, 0);
        expect(attempts).toBe(provider.arrivals.length);
        expect(seen.attemptEnds).toHaveLength(provider.arrivals.length);
        expect(seen.outcomes).toHaveLength(each.broken.length);
        if (each.rpm !== undefined) {
          expectWithin(
            provider.arrivals.map(({ at }) => ({ at, amount: 1 })),
            each.rpm,
          );
        }
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('a stop at any moment leaves each record that was read with one outcome or none, and counts those', async () => {
    await fc.assert(
      fc.asyncProperty(
        scene,
        fc.integer({ min: 0, max: 60_000 }),
        fc.constantFrom('stop', 'abort'),
        async (each, stopAt, how) => {
          const { clock, control, start, sink, source } = startEngine({ ...optionsOf(each), graceMs: 4000 });
          const reason = new AppError('interrupted', 'Ctrl-C');
          clock.timer(stopAt, () => control[how as 'stop' | 'abort'](reason));
          const end = await clock.until(start());
          const all = [...sink.indexes, ...sink.skipped].sort((a, b) => a - b);
          expect(all).toEqual(Array.from({ length: source.taken }, (_, index) => index));
          expect(end.unfinished).toBe(sink.skipped.length);
          const writing = each.window * 500;
          if (end.stoppedBy !== undefined) expect(clock.now()).toBeLessThanOrEqual(stopAt + 4000 + writing);
          expect(sink.closed).toBe(1);
        },
      ),
      { numRuns: 100 },
    );
  });
});
