import { setImmediate } from 'node:timers/promises';

/** How long work goes on before what has come meanwhile gets its turn, in ms. */
const TURN_MS = 10;

/** Shares one thread between long work, which is done in order, and short work, which goes between. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #since = 0;

  /** Does long work when all long work before it is done; it has to rest now and then. */
  long<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(() => {
      this.#since = performance.now();
      return work();
    });
    this.#last = done.catch(() => {});
    return done;
  }

  /** To be awaited during long work: lets short work go first where it is time. */
  rest(): Promise<void> | undefined {
    return performance.now() - this.#since < TURN_MS ? undefined : this.#pause();
  }

  async #pause(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
