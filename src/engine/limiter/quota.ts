import type { LimitUnit } from './cost.ts';
import { Pace } from './pace.ts';
import { SlidingWindow } from './sliding-window.ts';

/** Longest window that is paced evenly; a limit by the day may be used up as fast as the others allow. */
const LONGEST_PACED_MS = 10 * 60_000;

export interface QuotaOptions {
  readonly unit: LimitUnit;
  /** Allowed in any window. */
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * One limit. Two rules hold together: a pace, so that nothing comes in bursts, and a sliding window, so that
 * whatever settles late, no window ever holds more than the limit.
 */
export class Quota {
  readonly unit: LimitUnit;
  readonly windowMs: number;
  #limit: number;
  readonly #window: SlidingWindow;
  readonly #pace: Pace;
  /** Big amounts rarely fit the window to the last cell: what waits for it would fall behind the pace for good. */
  #heldByWindow = false;
  #blockedUntil = Number.NEGATIVE_INFINITY;

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

  /** Nothing is admitted before `until`. */
  block(until: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, until);
  }

  resume(at: number): void {
    this.#pace.resume(at);
  }

  /** Ms until `amount` may be taken; 0 if now. `amount` must not exceed the limit. */
  waitMs(amount: number, now: number): number {
    const paced = this.windowMs <= LONGEST_PACED_MS ? this.#pace.waitMs(now) : 0;
    const windowed = this.#window.waitUntilAtMost(this.#limit - amount, now);
    if (windowed > paced) this.#heldByWindow = true;
    return Math.max(0, paced, windowed, this.#blockedUntil - now);
  }

  take(amount: number, now: number): void {
    this.#window.add(amount, now);
    this.#pace.take(amount * this.#msPerCell, now, this.#heldByWindow);
    this.#heldByWindow = false;
  }

  /** Corrects what was taken at `takenAt` by `delta` (negative: less was used than reserved). */
  correct(delta: number, takenAt: number, now: number): void {
    if (delta === 0) return;
    this.#window.correct(delta, takenAt, now);
    this.#pace.shift(delta * this.#msPerCell);
  }

  /** The window counts in whole slots; a pace slower by one slot keeps it from ever being the bound. */
  get #msPerCell(): number {
    return (this.windowMs + this.#window.slotMs) / this.#limit;
  }
}
