import PQueue from 'p-queue';
import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../src/core/errors.ts';
import { Events, type RunEvents } from '../../../src/core/events.ts';
import { AdaptiveConcurrency } from '../../../src/engine/concurrency/adaptive-concurrency.ts';
import { SteerQueue } from '../../../src/engine/concurrency/steer-queue.ts';
import { requestFor } from '../helpers/records.ts';

const REQUEST = requestFor('a text');
const ANSWER = { text: 'a summary', finish: { unified: 'stop' }, usage: {} } as const;

function open(start = 8) {
  const queue = new PQueue({ concurrency: start });
  const events = new Events();
  const told: RunEvents['concurrency'][] = [];
  events.on('concurrency', (event) => told.push(event));
  const adaptive = new AdaptiveConcurrency({ start, most: 64 });
  return { queue, told, steer: new SteerQueue({ adaptive, queue, emit: events.emit }) };
}

/** Eight at a time, a hundred ms each, `rounds` times. */
function play(steer: SteerQueue, rounds: number, end: (at: number) => void): void {
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < 8; i++) steer.sent(round * 100);
    for (let i = 0; i < 8; i++) end((round + 1) * 100);
  }
}

describe('the queue', () => {
  it('gets the concurrency that is found, and listeners hear of it', () => {
    const { queue, told, steer } = open();
    play(steer, 3, (at) => steer.answered(at, 100, REQUEST, ANSWER));
    expect(told[0]).toEqual({ limit: 16, reason: 'trial' });
    expect(queue.concurrency).toBe(told.at(-1)?.limit);
  });

  it.each<[string, ProviderError]>([
    ['a 429', new ProviderError('rate_limited', '429', { status: 429 })],
    ['a 529', new ProviderError('overloaded', '529', { status: 529 })],
    [
      'a 503 that says when to come again',
      new ProviderError('overloaded', '503', { status: 503, retryAfterMs: 5000 }),
    ],
  ])('is narrowed at once by %s', (_name, error) => {
    const { queue, told, steer } = open();
    play(steer, 1, (at) => steer.failed(at, 100, error));
    expect(queue.concurrency).toBe(4);
    expect(told.every(({ reason }) => reason === 'overload')).toBe(true);
  });

  it.each<[string, ProviderError | undefined]>([
    ['what the user got wrong', new ProviderError('bad_request', '400', { status: 400 })],
    ['refused content', new ProviderError('content_filtered', 'no')],
    ['an attempt that the run cut off', undefined],
    ['a bare 503 now and then', new ProviderError('overloaded', '503', { status: 503 })],
  ])('is not narrowed by %s', (_name, error) => {
    const { queue, told, steer } = open();
    play(steer, 1, (at) => steer.failed(at, 100, error));
    expect(queue.concurrency).toBe(8);
    expect(told).toEqual([]);
  });
});
