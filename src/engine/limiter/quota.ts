import type { LimitUse, Taken } from '../../core/limit-use.ts';
import { Allowance } from './allowance.ts';
import type { LimitUnit } from './cost.ts';
import { Pace } from './pace.ts';
import { SlidingWindow } from './sliding-window.ts';

/** Longest window that is paced evenly; a limit by the day may be used up as fast as the others allow. */
const LONGEST_PACED_MS = 10 * 60_000;

export interface QuotaOptions {
  readonly unit: LimitUnit;
  /** Allowed in any window. Of 1.5 requests a minute none holds more than 2, and the pace is 1.5 all the same. */
  readonly limit: number;
  readonly windowMs: number;
  /** What the user calls it, where it is the user's own: `--rpd`. */
  readonly name?: string | undefined;
}

/**
 * One limit. Three rules hold together: a pace, so that nothing comes in bursts; a sliding window, so that
 * whatever settles late, no window ever holds more than the limit; and what the endpoint says is left.
 */
export class Quota {
  readonly unit: LimitUnit;
  readonly windowMs: number;
  readonly name: string | undefined;
  #limit: number;
  /** What the window's times are ahead of the clock's. */
  readonly #windowAheadMs: number;
  readonly #window: SlidingWindow;
  readonly #pace: Pace;
  /** Big amounts rarely fit the window to the last cell: what waits for it would fall behind the pace for good. */
  #heldByWindow = false;
  readonly #allowance = new Allowance();

  /** `epochMs`: the wall clock's time at `now`. */
  constructor(options: QuotaOptions, now: number, epochMs: number) {
    this.unit = options.unit;
    this.windowMs = options.windowMs;
    this.name = options.name;
    this.#limit = options.limit;
    // The slots of a long window lie the same in every run, so that nothing moves when it is kept and restored.
    this.#windowAheadMs = this.isLong ? epochMs - now : 0;
    this.#window = new SlidingWindow(options.windowMs, this.#inWindow(now));
    this.#pace = new Pace(now);
  }

  /** Whether its window outlasts many a run; what was taken may then count in the next one. */
  get isLong(): boolean {
    return this.windowMs > LONGEST_PACED_MS;
  }

  get limit(): number {
    return this.#limit;
  }

  setLimit(limit: number): void {
    this.#limit = limit;
  }

  /** The most that a single request may take. */
  get most(): number {
    return this.unit === 'requests' ? Math.ceil(this.#limit) : this.#limit;
  }

  /** The endpoint said, in reply to a request sent at `sentAt`, what is left and when that changes. */
  heard(left: { readonly remaining: number; readonly resetMs: number }, sentAt: number, now: number): void {
    this.#allowance.heard({ limit: this.#limit, windowMs: this.windowMs, sentAt, ...left }, now);
  }

  resume(at: number): void {
    this.#pace.resume(at);
  }

  /** Ms until `amount` may be taken; 0 if now. `amount` must not exceed `most`. */
  waitMs(amount: number, now: number): number {
    const paced = this.isLong ? 0 : this.#pace.waitMs(now);
    const windowed = this.#window.waitUntilAtMost(this.most - amount, this.#inWindow(now));
    if (windowed > paced) this.#heldByWindow = true;
    return Math.max(0, paced, windowed, this.#allowance.waitMs(amount, now));
  }

  take(amount: number, now: number): void {
    this.#window.add(amount, this.#inWindow(now));
    this.#pace.take(amount * this.#msPerCell, now, this.#heldByWindow);
    this.#heldByWindow = false;
    this.#allowance.take(amount);
  }

  /** Corrects what was taken at `takenAt` by `delta` (negative: less was used than reserved). */
  correct(delta: number, takenAt: number, now: number): void {
    if (delta === 0) return;
    this.#window.correct(delta, this.#inWindow(takenAt), this.#inWindow(now));
    this.#pace.shift(delta * this.#msPerCell);
    this.#allowance.correct(delta, takenAt);
  }

  /** What is in the window now; for a long one. */
  use(now: number): LimitUse {
    return { unit: this.unit, windowMs: this.windowMs, taken: this.#window.taken(this.#inWindow(now)) };
  }

  /** Counts what an earlier run took from a long limit. What seems to come from the future was taken now. */
  restore(taken: readonly Taken[], now: number): void {
    const inWindow = this.#inWindow(now);
    for (const [at, amount] of taken) this.#window.correct(amount, Math.min(at, inWindow), inWindow);
  }

  #inWindow(at: number): number {
    return at + this.#windowAheadMs;
  }

  /** The window counts in whole slots; a pace slower by one slot keeps it from ever being the bound. */
  get #msPerCell(): number {
    return (this.windowMs + this.#window.slotMs) / this.#limit;
  }
}
