import { type Clock, sleep } from '../../../src/core/clock.ts';
import type { Outcome, Sink } from '../../../src/core/outcome.ts';

export interface RecordingSinkOptions {
  /** Virtual ms that a write takes. */
  readonly writeMs?: number;
  /** The write of this number (from 0), and each one after it, rejects with the error. */
  readonly failFrom?: { readonly write: number; readonly error: unknown };
  readonly closeError?: unknown;
}

/** Keeps what it is given. */
export class RecordingSink implements Sink {
  readonly outcomes: Outcome[] = [];
  readonly skipped: number[] = [];
  closed = 0;
  #writes = 0;
  readonly #clock: Clock;
  readonly #options: RecordingSinkOptions;

  constructor(clock: Clock, options: RecordingSinkOptions = {}) {
    this.#clock = clock;
    this.#options = options;
  }

  async write(outcome: Outcome): Promise<void> {
    const { failFrom, writeMs = 0 } = this.#options;
    const number = this.#writes++;
    if (writeMs > 0) await sleep(this.#clock, writeMs, new AbortController().signal);
    if (failFrom !== undefined && number >= failFrom.write) throw failFrom.error;
    this.outcomes.push(outcome);
  }

  skip(index: number): void {
    this.skipped.push(index);
  }

  async close(): Promise<void> {
    this.closed += 1;
    if (this.#options.closeError !== undefined) throw this.#options.closeError;
  }

  /** Indexes of the outcomes, smallest first. */
  get indexes(): number[] {
    return this.outcomes.map((outcome) => outcome.record.index).sort((a, b) => a - b);
  }
}
