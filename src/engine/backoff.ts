import type { Random } from '../core/clock.ts';

export interface BackoffOptions {
  /** Failed attempts so far, from 1. */
  readonly attempt: number;
  readonly baseMs: number;
  readonly capMs: number;
  readonly random: Random;
  /** `full`: anywhere between 0 and the exponential bound; `half`: in its upper half. */
  readonly jitter: 'full' | 'half';
}

/** Exponential backoff with jitter, in ms ("Exponential Backoff And Jitter", AWS Architecture Blog). */
export function backoffMs({ attempt, baseMs, capMs, random, jitter }: BackoffOptions): number {
  const bound = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return jitter === 'full' ? random() * bound : bound / 2 + (random() * bound) / 2;
}
