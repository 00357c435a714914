import type { AnswerTiming, Usage } from '../core/request.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { StreamSummary } from './run-summary.ts';

/** Measures how fast streamed answers begin, and how fast they go on. */
export class StreamMeter {
  readonly #firstToken = new LatencyHistogram();
  #tokens = 0;
  #ms = 0;

  add({ firstTokenMs, outputMs }: AnswerTiming, { outputTokens }: Usage): void {
    this.#firstToken.add(firstTokenMs);
    if (outputTokens === undefined || outputMs === 0) return;
    this.#tokens += outputTokens;
    this.#ms += outputMs;
  }

  summary(): StreamSummary | undefined {
    const firstToken = this.#firstToken.percentiles();
    if (firstToken === undefined) return undefined;
    return {
      firstToken,
      outputTokensPerSecond: this.#ms === 0 ? undefined : (this.#tokens * 1000) / this.#ms,
    };
  }
}
