import { expect, test } from 'vitest';
import { ProviderError } from '../../src/core/errors.ts';
import { Events } from '../../src/core/events.ts';
import { Statistics } from '../../src/observe/statistics.ts';
import { summaryText } from '../../src/observe/summary.ts';
import { toSummaryJson } from '../../src/observe/summary-json.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

const INPUT = { bytesRead: 0, totalBytes: 0 };

function watched() {
  const clock = new VirtualClock();
  const events = new Events();
  const statistics = new Statistics(events, clock);
  const attempt = (endpoint: string | undefined, costUsd?: number, error?: ProviderError): void => {
    const own = endpoint === undefined ? {} : { endpoint };
    const usage = error === undefined ? { inputTokens: 1000, outputTokens: 50 } : {};
    events.emit('attempt', { id: 'r', number: 1, at: 0, ...own });
    events.emit('attemptEnd', {
      ...{ id: 'r', number: 1, at: 10, ms: 10, usage, ...own },
      ...(costUsd !== undefined && { costUsd }),
      ...(error !== undefined && { error }),
    });
  };
  return { events, statistics, attempt };
}

test('what each of several endpoints did is told apart', () => {
  const { events, statistics, attempt } = watched();
  attempt('b', 0.25);
  attempt('b', undefined, new ProviderError('rate_limited', '429', { status: 429 }));
  attempt('a', 0.5);
  const reason = new ProviderError('wrong_key', 'endpoint b: refused');
  events.emit('endpointState', { endpoint: 'b', state: 'out', reason, left: 1, fallback: false });
  const summary = statistics.snapshot();
  expect(summaryText(summary, INPUT)).toContain(
    [
      'endpoints  a: 1 request, 1 answered, 1,000 tokens in, 50 out, $0.50',
      '           b: 2 requests, 1 answered, 1 told to slow down, 1,000 tokens in, 50 out, $0.25, out',
    ].join('\n'),
  );
  expect(toSummaryJson(summary)).toMatchObject({
    endpoints: {
      a: { requests: 1, ok: 1, rate_limited: 0, tokens: { input: 1000, output: 50 }, state: 'well' },
      b: { requests: 2, ok: 1, rate_limited: 1, cost: { usd: 0.25, known: 'exactly' }, state: 'out' },
    },
  });
});

test('one that answers again is well', () => {
  const { events, statistics, attempt } = watched();
  attempt('a');
  for (const state of ['down', 'back'] as const)
    events.emit('endpointState', { endpoint: 'a', state, left: 1, fallback: false });
  expect(statistics.snapshot().endpoints?.get('a')?.state).toBeUndefined();
});

test('a pause of one of several does not show as a pause of the run', () => {
  const { events, statistics } = watched();
  const reason = new ProviderError('rate_limited', '429');
  events.emit('pause', { at: 0, untilMs: 60_000, reason, endpoint: 'a' });
  expect(statistics.snapshot()).toMatchObject({ pauses: 1, pauseLeftMs: 0, pausedMs: 0 });
});

test('where there is one endpoint nothing is told of endpoints', () => {
  const { statistics, attempt } = watched();
  attempt(undefined);
  expect(statistics.snapshot().endpoints).toBeUndefined();
  expect(toSummaryJson(statistics.snapshot())).not.toHaveProperty('endpoints');
});
