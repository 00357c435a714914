import type { Clock } from '../core/clock.ts';
import { ProviderError } from '../core/errors.ts';
import { wakingTimer } from './waking-timer.ts';

type Cut = (reason: ProviderError) => void;

/** The time that one record may take, from its first attempt on. When it passes, all that waits or runs for it is cut. */
export class RecordDeadline {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #cuts = new Set<Cut>();
  #cancelTimer: (() => void) | undefined;
  #passed: ProviderError | undefined;

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
  }

  /** A request is sent; the first one sets the time running. */
  begin(): void {
    this.#cancelTimer ??= wakingTimer(this.#clock, this.#ms, () => this.#pass());
  }

  /** Calls `cut` when the time is over, at once if it is; returns a function that takes it off again. */
  onPass(cut: Cut): () => void {
    if (this.#passed !== undefined) cut(this.#passed);
    else this.#cuts.add(cut);
    return () => this.#cuts.delete(cut);
  }

  throwIfPassed(): void {
    if (this.#passed !== undefined) throw this.#passed;
  }

  /** The record has ended: takes down the timer. */
  end(): void {
    this.#cancelTimer?.();
  }

  #pass(): void {
    const message = `the record was not done within ${this.#ms / 1000} s (--record-deadline)`;
    this.#passed = new ProviderError('record_deadline', message);
    for (const cut of [...this.#cuts]) cut(this.#passed);
    this.#cuts.clear();
  }
}
