import { setMaxListeners } from 'node:events';
import type { Clock } from '../core/clock.ts';
import type { AppError } from '../core/errors.ts';
import { wakingTimer } from './waking-timer.ts';

/**
 * The one switch of a run. `stop` ends it gently: nothing new begins, what is in flight gets `graceMs`
 * to come back. `abort` ends it at once. The first reason wins.
 */
export class RunControl {
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #stop = new AbortController();
  readonly #inFlight = new Set<(reason: AppError) => void>();
  #reason: AppError | undefined;
  #aborted = false;
  #ended = false;
  #cancelGrace: () => void = () => {};

  constructor(options: { readonly clock: Clock; readonly graceMs: number }) {
    this.#clock = options.clock;
    this.#graceMs = options.graceMs;
    // Every record that waits listens to this one signal; Node warns from the 11th on.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Aborts, with the reason, when the run begins to stop. */
  get stopSignal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Why the run stops; undefined while it runs. */
  get reason(): AppError | undefined {
    return this.#reason;
  }

  /** True once requests in flight are being cut off. */
  get aborted(): boolean {
    return this.#aborted;
  }

  stop(reason: AppError): void {
    if (this.#reason !== undefined || this.#ended) return;
    this.#reason = reason;
    this.#cancelGrace = wakingTimer(this.#clock, this.#graceMs, () => this.abort(reason));
    this.#stop.abort(reason);
  }

  abort(reason: AppError): void {
    this.stop(reason);
    if (this.#aborted) return;
    this.#aborted = true;
    this.#cancelGrace();
    for (const cut of [...this.#inFlight]) cut(this.#reason ?? reason);
  }

  throwIfStopped(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  /** Calls `cut` when the run is aborted; returns a function that takes it off again. */
  onAbort(cut: (reason: AppError) => void): () => void {
    this.#inFlight.add(cut);
    return () => this.#inFlight.delete(cut);
  }

  /** Everything has ended: takes down the timer of the grace period; a stop from now on does nothing. */
  end(): void {
    this.#ended = true;
    this.#cancelGrace();
  }
}

/** What an attempt sees of the switch of a run, or of one of its endpoints. */
export type StopSwitch = Pick<RunControl, 'reason' | 'aborted' | 'stop' | 'throwIfStopped' | 'onAbort'>;
