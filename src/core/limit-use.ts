import type { LimitHint } from './request.ts';

/** When something was taken from a limit, in ms since the epoch, and how much. */
export type Taken = readonly [atEpochMs: number, amount: number];

/** What was taken from one limit within its window. */
export interface LimitUse {
  readonly unit: LimitHint['unit'];
  readonly windowMs: number;
  readonly taken: readonly Taken[];
}

/** Keeps what was taken from limits for later runs. */
export interface LimitUseStore {
  /** What earlier runs have taken. */
  readonly earlier: readonly LimitUse[];
  /** Asks from time to time what was taken, and keeps it; until `close`. */
  follow(uses: () => readonly LimitUse[]): void;
  /** Keeps what was taken last. Never rejects. */
  close(): Promise<void>;
}
