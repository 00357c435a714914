import type { Outcome, Sink } from '../core/outcome.ts';

interface Offer {
  readonly outcome: Outcome;
  readonly taken: () => void;
}

/**
 * Hands outcomes from the run to whoever iterates. A write resolves when its outcome was taken, so a slow
 * consumer slows the run.
 */
export class OutcomeChannel implements Sink {
  #offers: Offer[] = [];
  #closed = false;
  #discarding = false;
  #wake: () => void = () => {};

  write(outcome: Outcome): Promise<void> {
    if (this.#discarding) return Promise.resolve();
    return new Promise((taken) => {
      this.#offers.push({ outcome, taken });
      this.#wake();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
  }

  /** Lets all writes, now and later, through to nowhere: the consumer has gone. */
  discard(): void {
    this.#discarding = true;
    for (const offer of this.#offers) offer.taken();
    this.#offers = [];
  }

  /** The next outcome; undefined after the last. */
  async take(): Promise<Outcome | undefined> {
    for (;;) {
      const offer = this.#offers.shift();
      if (offer !== undefined) {
        offer.taken();
        return offer.outcome;
      }
      if (this.#closed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
