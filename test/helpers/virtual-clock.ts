import type { Clock } from '../../src/core/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that moves only when told to. Between two timers everything that is due in promises runs. */
export class VirtualClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();
  readonly #epoch: number;

  constructor(epoch = 1_700_000_000_000) {
    this.#epoch = epoch;
  }

  now(): number {
    return this.#now;
  }

  epochMs(): number {
    return this.#epoch + this.#now;
  }

  timer(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get pending(): number {
    return this.#timers.size;
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
    const watch = done.then(
      () => {
        ended = true;
      },
      () => {
        ended = true;
      },
    );
    await settle();
    while (!ended) {
      const next = this.#next();
      if (next === undefined || next.at > mostMs)
        throw new Error(`nothing left to wait for at ${this.#now} ms`);
      await this.#fire(next);
    }
    await watch;
    return done;
  }

  async #fire(timer: Timer): Promise<void> {
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.run();
    await settle();
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (
        first === undefined ||
        timer.at < first.at ||
        (timer.at === first.at && timer.order < first.order)
      ) {
        first = timer;
      }
    }
    return first;
  }
}

/** A turn of the event loop: every promise that can settle has then settled. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
