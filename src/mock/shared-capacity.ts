import type { Clock } from '../core/clock.ts';

interface Job {
  /** Of the server's virtual time. */
  readonly endsAt: number;
  readonly done: () => void;
}

/** Absorbs rounding of the virtual time, in ms. */
const EPSILON_MS = 1e-6;

/**
 * A server that can work on so many requests at full speed; beyond that all share its capacity equally, so that
 * each takes longer and no more is done in all (processor sharing). Virtual time passes at the speed at which
 * each request gets on.
 */
export class SharedCapacity {
  readonly #knee: number;
  readonly #clock: Clock;
  /** The one that ends first comes first. */
  readonly #jobs: Job[] = [];
  #virtualMs = 0;
  #at: number;
  #cancelTimer: () => void = () => {};

  constructor(knee: number, clock: Clock) {
    this.#knee = knee;
    this.#clock = clock;
    this.#at = clock.now();
  }

  /** Calls `done` after `ms` at full speed, later when it is busy; returns a function that takes the work off. */
  run(ms: number, done: () => void): () => void {
    this.#pass();
    const job = { endsAt: this.#virtualMs + ms, done };
    this.#jobs.splice(this.#placeFor(job.endsAt), 0, job);
    this.#arm();
    return () => {
      const at = this.#jobs.indexOf(job);
      if (at < 0) return;
      this.#pass();
      this.#jobs.splice(at, 1);
      this.#arm();
    };
  }

  get #speed(): number {
    return Math.min(1, this.#knee / this.#jobs.length);
  }

  #pass(): void {
    const now = this.#clock.now();
    if (this.#jobs.length > 0) this.#virtualMs += (now - this.#at) * this.#speed;
    this.#at = now;
  }

  #arm(): void {
    this.#cancelTimer();
    const [first] = this.#jobs;
    if (first === undefined) return;
    const ms = Math.max(0, first.endsAt - this.#virtualMs) / this.#speed;
    this.#cancelTimer = this.#clock.timer(ms, () => this.#finish());
  }

  #finish(): void {
    this.#pass();
    const ended: Job[] = [];
    for (let job = this.#jobs[0]; job && job.endsAt <= this.#virtualMs + EPSILON_MS; job = this.#jobs[0]) {
      ended.push(job);
      this.#jobs.shift();
    }
    this.#arm();
    for (const { done } of ended) done();
  }

  #placeFor(endsAt: number): number {
    let low = 0;
    let high = this.#jobs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#jobs[middle]?.endsAt ?? endsAt) <= endsAt) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
