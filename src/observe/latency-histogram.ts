import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Latencies in ms; half, 95 % and 99 % of them were no longer than this. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** A day in µs: longer than any attempt, waits included, that is worth telling apart. */
const LONGEST_US = 86_400_000_000;

/** Any number of latencies in about 13 kB, true to three digits (Node's built-in HDR histogram). */
export class LatencyHistogram {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: LONGEST_US, figures: 3 });

  add(ms: number): void {
    this.#histogram.record(Math.min(LONGEST_US, Math.max(1, Math.round(ms * 1000))));
  }

  /** Undefined while nothing was added. */
  percentiles(): Percentiles | undefined {
    if (this.#histogram.count === 0) return undefined;
    const at = (percent: number): number => this.#histogram.percentile(percent) / 1000;
    return { p50: at(50), p95: at(95), p99: at(99) };
  }
}
