import type { Clock } from '../core/clock.ts';
import { type Timer, TimerHeap } from './timer-heap.ts';

/**
 * A clock of discrete events: time jumps from timer to timer and nobody waits. Between two timers it gives the
 * event loop a turn, so that all promises that can settle have settled, and so that nothing else is held up.
 */
export class SimulatedClock implements Clock {
  #now = 0;
  #set = 0;
  readonly #timers = new TimerHeap();
  readonly #epoch: number;

  /** `epochMs`: the wall-clock time at which the simulation begins. */
  constructor(epochMs: number) {
    this.#epoch = epochMs;
  }

  now(): number {
    return this.#now;
  }

  epochMs(): number {
    return this.#epoch + this.#now;
  }

  timer(ms: number, run: () => void): () => void {
    this.#set += 1;
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#set, run, cancelled: false };
    this.#timers.push(timer);
    return () => this.#timers.cancel(timer);
  }

  /** Runs timers until `done` settles, and settles as it does. Rejects where nothing is left that could settle it. */
  async until<T>(done: Promise<T>): Promise<T> {
    let isDone = false;
    const end = (): void => {
      isDone = true;
    };
    done.then(end, end);
    await turn();
    while (!isDone) {
      const next = this.#timers.pop();
      if (next === undefined) throw new Error(`nothing is left to wait for at ${this.#now} ms`);
      // Cancelling a timer that has fired does nothing.
      next.cancelled = true;
      this.#now = next.at;
      next.run();
      await turn();
    }
    return done;
  }
}

/** A turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
