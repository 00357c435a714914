import type { Clock } from '../../src/core/clock.ts';

interface Timer {
  readonly at: number;
  readonly run: () => void;
  cancelled: boolean;
}

export interface VirtualClockOptions {
  /** How late a timer fires, in ms; asked once a timer. */
  readonly lateness?: () => number;
}

/** A clock that moves only when told to. Between two timers everything that is due in promises runs. */
export class VirtualClock implements Clock {
  #now = 0;
  /** Soonest first; of those due at the same time, the one set first. */
  readonly #timers: Timer[] = [];
  #pending = 0;
  readonly #epoch: number;
  readonly #lateness: () => number;

  constructor(epoch = 1_700_000_000_000, options: VirtualClockOptions = {}) {
    this.#epoch = epoch;
    this.#lateness = options.lateness ?? (() => 0);
  }

  now(): number {
    return this.#now;
  }

  epochMs(): number {
    return this.#epoch + this.#now;
  }

  timer(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms) + this.#lateness(), run, cancelled: false };
    this.#timers.splice(this.#placeFor(timer.at), 0, timer);
    this.#pending += 1;
    return () => {
      if (timer.cancelled) return;
      timer.cancelled = true;
      this.#pending -= 1;
    };
  }

  /** Timers that are set and have neither fired nor been cancelled. */
  get pending(): number {
    return this.#pending;
  }

  /** Moves time by `ms`, running what falls due on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(); next !== undefined && next.at <= end; next = this.#next()) {
      await this.#fire(next);
    }
    this.#now = end;
    await settle();
  }

  /** Runs timers until `done` settles; fails when nothing is left that could settle it. */
  async until<T>(done: Promise<T>, mostMs = 1e12): Promise<T> {
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    done.then(end, end);
    await settle();
    while (!ended) {
      const next = this.#next();
      if (next === undefined || next.at > mostMs)
        throw new Error(`nothing left to wait for at ${this.#now} ms`);
      await this.#fire(next);
    }
    return done;
  }

  async #fire(timer: Timer): Promise<void> {
    this.#timers.shift();
    this.#pending -= 1;
    // Cancelling a timer that has fired does nothing.
    timer.cancelled = true;
    this.#now = Math.max(this.#now, timer.at);
    timer.run();
    await settle();
  }

  #next(): Timer | undefined {
    while (this.#timers[0]?.cancelled) this.#timers.shift();
    return this.#timers[0];
  }

  /** Behind all that are due at the same time or before. */
  #placeFor(at: number): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#timers[middle]?.at ?? at) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A turn of the event loop: every promise that can settle has then settled. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
