import { AppError } from '../core/errors.ts';
import type { Outcome, Sink } from '../core/outcome.ts';
import { type Deferred, deferred } from './deferred.ts';

/**
 * Hands outcomes on in the order of `record.index`, which runs from 0 without gaps. One that comes
 * early is held, and its `write` stays open, until all before it have come or were skipped; so a
 * caller that keeps only so many writes open bounds what is held here. `close` passes on what is
 * still held, whatever is missing before it.
 */
export function orderedSink(inner: Sink): Sink {
  return new OrderedSink(inner);
}

interface Held {
  readonly outcome: Outcome;
  readonly done: Deferred;
}

interface Skipped {
  /** Index after the last. */
  end: number;
}

class OrderedSink implements Sink {
  readonly #inner: Sink;
  /** What waits for its turn, by index. */
  readonly #held = new Map<number, Held>();
  /** Records that are skipped, by the first of a row of them: a million that are done already take one place. */
  readonly #skipped = new Map<number, Skipped>();
  #lastSkipped: Skipped | undefined;
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
    this.#handOnNext();
    return done.promise;
  }

  skip(index: number): void {
    if (index < this.#next || this.#held.has(index)) return;
    if (this.#lastSkipped?.end === index) {
      this.#lastSkipped.end = index + 1;
    } else {
      this.#lastSkipped = { end: index + 1 };
      this.#skipped.set(index, this.#lastSkipped);
    }
    this.#handOnNext();
  }

  async close(): Promise<void> {
    for (const index of [...this.#held.keys()].sort((a, b) => a - b)) this.#handOn(index);
    this.#next = Number.POSITIVE_INFINITY;
    await this.#inner.close();
  }

  #handOnNext(): void {
    for (;;) {
      const skipped = this.#skipped.get(this.#next);
      if (skipped !== undefined) this.#pass(skipped);
      else if (this.#held.has(this.#next)) this.#handOn(this.#next);
      else return;
    }
  }

  #pass(skipped: Skipped): void {
    this.#skipped.delete(this.#next);
    this.#next = skipped.end;
    if (skipped === this.#lastSkipped) this.#lastSkipped = undefined;
  }

  #handOn(index: number): void {
    const held = this.#held.get(index);
    this.#held.delete(index);
    this.#next = index + 1;
    if (held === undefined) return;
    this.#inner.write(held.outcome).then(held.done.resolve, (error: unknown) => {
      held.done.reject(error);
      this.#fail(error);
    });
  }

  /** What is held waits for rows that may never come now. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const held of this.#held.values()) held.done.reject(error);
    this.#held.clear();
  }
}
