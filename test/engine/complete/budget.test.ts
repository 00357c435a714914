import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError, ProviderError } from '../../../src/core/errors.ts';
import type { Completion, Usage } from '../../../src/core/request.ts';
import { costAccount, tokenAccount } from '../../../src/engine/budget/account.ts';
import { Budget } from '../../../src/engine/budget/budget.ts';
import { Forecast } from '../../../src/engine/budget/forecast.ts';
import { withinBudget } from '../../../src/engine/complete/budget.ts';
import type { Call, Complete } from '../../../src/engine/complete/complete.ts';
import { EffortMeter } from '../../../src/engine/effort-meter.ts';
import { RecordDeadline } from '../../../src/engine/record-deadline.ts';
import { RunControl } from '../../../src/engine/run-control.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { requestFor } from '../helpers/records.ts';

const TEXT = 'a text of a hundred characters '.repeat(4).slice(0, 100);
const completion = (usage: Usage): Completion => ({ text: 'short', finish: { unified: 'stop' }, usage });
const costOf = ({ inputTokens = 0, outputTokens = 0 }: Usage): number =>
  (inputTokens + 4 * outputTokens) / 1e6;

function open(limits: { readonly usd: number; readonly tokens: number }, next: Complete) {
  const clock = new VirtualClock();
  const control = new RunControl({ clock, graceMs: 100 });
  const cost = costAccount(limits.usd, 0, costOf);
  const tokens = tokenAccount(limits.tokens, 0);
  const budget = new Budget({ accounts: [cost, tokens], onSpent: (reason) => control.stop(reason) });
  control.stopSignal.addEventListener('abort', () => budget.stop(control.stopSignal.reason));
  const complete = withinBudget(next, { budget, forecast: new Forecast(), control });
  const call = (more: Partial<Call> = {}): Call => ({
    ...{ id: 'r', effort: new EffortMeter(clock), priority: 0, ...more },
  });
  return { clock, control, cost, tokens, complete, call };
}

/** An endpoint that is asked once and ends so. */
function once(end: () => Promise<Completion>, sent = true): Complete {
  return (_request, call) => {
    if (sent) call.onSend?.();
    return end();
  };
}

describe('what an attempt takes of the budget', () => {
  test.each([
    ['what the endpoint reports', once(async () => completion({ inputTokens: 30, outputTokens: 12 })), 42],
    ['an estimate of what it does not report', once(async () => completion({ outputTokens: 12 })), 41],
    [
      'nothing where it was never sent',
      once(() => Promise.reject(new AppError('interrupted', '')), false),
      0,
    ],
    ['nothing where it was refused', once(() => Promise.reject(new ProviderError('server_error', ''))), 0],
    [
      'what a failure reports',
      once(() =>
        Promise.reject(
          new ProviderError('server_error', '', { usage: { inputTokens: 30, outputTokens: 0 } }),
        ),
      ),
      30,
    ],
    [
      'the estimate where it may have been billed before it was cut',
      once(() => Promise.reject(new ProviderError('timeout', ''))),
      29 + 256,
    ],
    [
      'the estimate where a stop cut it',
      once(() => Promise.reject(new AppError('interrupted', ''))),
      29 + 256,
    ],
  ])('is %s', async (_name, next, spent) => {
    const { complete, call, tokens } = open({ usd: 1, tokens: 1000 }, next);
    await complete(requestFor(TEXT), call()).catch(() => {});
    expect(tokens).toMatchObject({ spent, reserved: { expected: 0, worst: 0 } });
  });
});

test('a wait for the budget ends with the deadline of the record', async () => {
  let answer: (answered: Completion) => void = () => {};
  const answered = new Promise<Completion>((resolve) => {
    answer = resolve;
  });
  const { clock, complete, call, tokens } = open(
    { usd: 1, tokens: 50 },
    once(() => answered),
  );
  const held = complete(requestFor(TEXT), call());
  const deadline = new RecordDeadline(clock, 500);
  deadline.begin();
  const waiting = expect(complete(requestFor(TEXT), call({ deadline }))).rejects.toMatchObject({
    code: 'record_deadline',
  });
  await clock.advance(500);
  await waiting;
  answer(completion({ inputTokens: 10, outputTokens: 1 }));
  await held;
  expect(tokens).toMatchObject({ spent: 11, reserved: { expected: 0, worst: 0 } });
});

/** How one attempt goes. */
const fate = fc.record({
  latencyMs: fc.integer({ min: 0, max: 200 }),
  queuedMs: fc.integer({ min: 0, max: 50 }),
  input: fc.integer({ min: 20, max: 35 }),
  output: fc.integer({ min: 10, max: 60 }),
  end: fc.constantFrom('ok', 'ok', 'ok', 'no usage', 'refused', 'timeout', 'billed failure', 'not sent'),
});

test('whatever fails, is cut or is stopped: nothing stays reserved, and at most one request is too much', async () => {
  const plan = fc.record({
    fates: fc.array(fate, { minLength: 1, maxLength: 60 }),
    tokens: fc.integer({ min: 0, max: 4000 }),
    usd: fc.integer({ min: 0, max: 10_000 }).map((micro) => micro / 1e6),
    stopAt: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }),
    cutAt: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
    maxOutputTokens: fc.constantFrom(undefined, 60, 200),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ fates, tokens: limit, usd, stopAt, cutAt, maxOutputTokens }) => {
      let n = 0;
      const engine = open({ usd, tokens: limit }, (_request, call) =>
        attempt(fates[n++ % fates.length], call),
      );
      const { clock, control, cost, tokens, complete, call } = engine;
      const wait = (ms: number): Promise<void> => new Promise((resolve) => clock.timer(ms, resolve));
      const attempt = async (
        fate: (typeof fates)[number] | undefined,
        { onSend }: Call,
      ): Promise<Completion> => {
        if (fate === undefined) throw new Error('no fate');
        await wait(fate.queuedMs);
        control.throwIfStopped();
        if (fate.end === 'not sent') throw new ProviderError('request_too_large', '');
        onSend?.();
        await Promise.race([wait(fate.latencyMs), new Promise((_, reject) => control.onAbort(reject))]);
        const usage = { inputTokens: fate.input, outputTokens: Math.min(fate.output, maxOutputTokens ?? 60) };
        if (fate.end === 'refused') throw new ProviderError('rate_limited', '');
        if (fate.end === 'timeout') throw new ProviderError('timeout', '');
        if (fate.end === 'billed failure') throw new ProviderError('server_error', '', { usage });
        return completion(fate.end === 'no usage' ? {} : usage);
      };
      if (stopAt !== undefined) clock.timer(stopAt, () => control.stop(new AppError('interrupted', '')));
      const deadline = cutAt === undefined ? undefined : new RecordDeadline(clock, cutAt);
      deadline?.begin();
      const records = fates.map((_, i) =>
        complete(requestFor(TEXT, maxOutputTokens), call(i % 3 === 0 ? { deadline } : {})).catch(() => {}),
      );
      await clock.until(Promise.all(records));
      expect([cost.reserved, tokens.reserved]).toEqual([
        { expected: 0, worst: 0 },
        { expected: 0, worst: 0 },
      ]);
      // One request: what is estimated where nothing is told, or the largest that comes.
      const largest = { inputTokens: 35, outputTokens: maxOutputTokens ?? 256 };
      expect(tokens.spent).toBeLessThanOrEqual(limit + largest.inputTokens + largest.outputTokens);
      expect(cost.spent).toBeLessThanOrEqual(Math.round((usd + costOf(largest)) * 1e9));
      if (usd === 0 || limit === 0) expect(tokens.spent).toBe(0);
    }),
    { numRuns: 200 },
  );
});
