import { AppError } from '../core/errors.ts';
import type { Outcome, Sink } from '../core/outcome.ts';
import { type Deferred, deferred } from './deferred.ts';

/**
 * Hands outcomes on in the order of `record.index`, which runs from 0 without gaps. One that comes
 * early is held, and its `write` stays open, until all before it have come; so a caller that keeps
 * only so many writes open bounds what is held here. After an interruption some will never come:
 * call `close` without waiting for the open writes, and it passes on what is held, gaps skipped.
 */
export function orderedSink(inner: Sink): Sink {
  return new OrderedSink(inner);
}

class OrderedSink implements Sink {
  readonly #inner: Sink;
  readonly #held = new Map<number, { readonly outcome: Outcome; readonly done: Deferred }>();
  #next = 0;
  #failure: unknown;

  constructor(inner: Sink) {
    this.#inner = inner;
  }

  write(outcome: Outcome): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const { index } = outcome.record;
    if (index < this.#next || this.#held.has(index)) {
      return Promise.reject(new AppError('internal', `a second outcome came for record ${index}`));
    }
    const done = deferred();
    this.#held.set(index, { outcome, done });
    while (this.#held.has(this.#next)) this.#handOn(this.#next);
    return done.promise;
  }

  async close(): Promise<void> {
    for (const index of [...this.#held.keys()].sort((a, b) => a - b)) this.#handOn(index);
    this.#next = Number.POSITIVE_INFINITY;
    await this.#inner.close();
  }

  #handOn(index: number): void {
    const held = this.#held.get(index);
    if (held === undefined) return;
    this.#held.delete(index);
    this.#next = index + 1;
    this.#inner.write(held.outcome).then(held.done.resolve, (error: unknown) => {
      held.done.reject(error);
      this.#fail(error);
    });
  }

  /** What is held waits for rows that may never come now. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { done } of this.#held.values()) done.reject(error);
    this.#held.clear();
  }
}
