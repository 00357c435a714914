import type { Usage } from './request.ts';

/** USD of what one request used; undefined where it is unknown, which is not 0. */
export type CostOf = (usage: Usage) => number | undefined;

const NANO = 1e9;

/** Rounded to whole billionths of a dollar, the grain in which amounts are added up. */
export function roundUsd(usd: number): number {
  return Math.round(usd * NANO) / NANO;
}

/** A sum of many small amounts. It is kept in whole billionths of a dollar, so it does not drift. */
export class UsdSum {
  #nano: number;

  constructor(usd = 0) {
    this.#nano = Math.round(usd * NANO);
  }

  add(usd: number): void {
    this.#nano += Math.round(usd * NANO);
  }

  get usd(): number {
    return this.#nano / NANO;
  }
}

/** `$12.35`, `$0.0123`, `$0.00000045`: cents where there are any, else three digits that tell something. */
export function formatUsd(usd: number): string {
  if (usd === 0 || usd >= 1) return `$${usd.toFixed(2)}`;
  const zeros = Math.max(0, -Math.floor(Math.log10(usd)) - 1);
  const written = usd.toFixed(Math.min(9, zeros + 3));
  return `$${written.replace(/(\.\d\d\d*?)0+$/, '$1')}`;
}
