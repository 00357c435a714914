import { beforeEach, describe, expect, it } from 'vitest';
import { Events } from '../../src/core/events.ts';
import type { AnswerTiming, Usage } from '../../src/core/request.ts';
import { Statistics } from '../../src/observe/statistics.ts';
import { summaryText } from '../../src/observe/summary.ts';
import { toSummaryJson } from '../../src/observe/summary-json.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

let events: Events;
let statistics: Statistics;

beforeEach(() => {
  events = new Events();
  statistics = new Statistics(events, new VirtualClock());
});

function answered(usage: Usage, timing?: AnswerTiming): void {
  events.emit('attemptEnd', { id: 'a', number: 1, at: 0, ms: 1, usage, ...(timing && { timing }) });
}

const line = (): string | undefined =>
  summaryText(statistics.snapshot(), { bytesRead: 0, totalBytes: 0 })
    .split('\n')
    .find((row) => row.startsWith('1st token'));

describe('answers that are streamed', () => {
  it('are told by the time to their first token and the speed of one stream', () => {
    answered({ outputTokens: 30 }, { firstTokenMs: 200, outputMs: 1000 });
    answered({ outputTokens: 60 }, { firstTokenMs: 400, outputMs: 1000 });
    expect(line()).toBe('1st token  p50 200 ms, p95 400 ms; then 45 tokens/s');
    const close = (ms: number) => expect.closeTo(ms, 0);
    expect(toSummaryJson(statistics.snapshot())).toMatchObject({
      first_token_ms: { p50: close(200), p95: close(400), p99: close(400) },
      output_tokens_per_second: 45,
    });
  });

  it('have no speed where their tokens are unknown or came all at once', () => {
    answered({}, { firstTokenMs: 200, outputMs: 1000 });
    answered({ outputTokens: 60 }, { firstTokenMs: 200, outputMs: 0 });
    expect(line()).toBe('1st token  p50 200 ms, p95 200 ms');
    expect(toSummaryJson(statistics.snapshot()).output_tokens_per_second).toBeNull();
  });

  it('are not spoken of where there are none', () => {
    answered({ outputTokens: 30 });
    expect(line()).toBeUndefined();
    expect(toSummaryJson(statistics.snapshot())).not.toHaveProperty('first_token_ms');
  });
});
