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
}

/**
 * One limit. Three rules hold together: a pace, so that nothing comes in bursts; a sliding window, so that
 * whatever settles late, no window ever holds more than the limit; and what the endpoint says is left.
 */
export class Quota {
  readonly unit: LimitUnit;
  readonly windowMs: number;
  #limit: number;
  readonly #window: SlidingWindow;
  readonly #pace: Pace;
  /** Big amounts rarely fit the window to the last cell: what waits for it would fall behind the pace for good. */
  #heldByWindow = false;
  readonly #allowance = new Allowance();

  constructor(options: QuotaOptions, now: number) {
    this.unit = options.unit;
    this.windowMs = options.windowMs;
    this.#limit = options.limit;
    this.#window = new SlidingWindow(options.windowMs, now);
    this.#pace = new Pace(now);
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
    const paced = this.windowMs <= LONGEST_PACED_MS ? this.#pace.waitMs(now) : 0;
    const windowed = this.#window.waitUntilAtMost(this.most - amount, now);
    if (windowed > paced) this.#heldByWindow = true;
    return Math.max(0, paced, windowed, this.#allowance.waitMs(amount, now));
  }

  take(amount: number, now: number): void {
    this.#window.add(amount, now);
    this.#pace.take(amount * this.#msPerCell, now, this.#heldByWindow);
    this.#heldByWindow = false;
    this.#allowance.take(amount);
  }

  /** Corrects what was taken at `takenAt` by `delta` (negative: less was used than reserved). */
  correct(delta: number, takenAt: number, now: number): void {
    if (delta === 0) return;
    this.#window.correct(delta, takenAt, now);
    this.#pace.shift(delta * this.#msPerCell);
    this.#allowance.correct(delta, takenAt);
  }

  /** The window counts in whole slots; a pace slower by one slot keeps it from ever being the bound. */
  get #msPerCell(): number {
    return (this.windowMs + this.#window.slotMs) / this.#limit;
  }
}
