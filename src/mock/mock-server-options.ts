import { AppError } from '../core/errors.ts';
import type { FaultRates } from './draw-fault.ts';
import type { Latency } from './latency.ts';
import type { RateLimitOptions } from './rate-limits.ts';

export interface MockServerOptions extends FaultRates, RateLimitOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  readonly latency: Latency;
  /** Time between the pieces of a streamed answer. */
  readonly tokenLatency: Latency;
  readonly seed: number;
  /** The only key that is let in; without it any, or none. */
  readonly key?: string | undefined;
  /** The only models that exist; without it any name does. */
  readonly models?: readonly string[] | undefined;
  /** Context window in tokens, prompt and answer together. */
  readonly context?: number | undefined;
  /** Whether a request beyond it is cut in silence instead of refused. */
  readonly cutPrompts?: boolean | undefined;
  /** Requests served at full speed; more share it, so that all take longer. */
  readonly knee?: number | undefined;
  /** Requests served at once; one more gets a 429. */
  readonly maxInFlight?: number | undefined;
  /** Whether requests may say by `response_format` what answers have to be. */
  readonly responseFormat: boolean;
  /** How long a batch takes, in ms. */
  readonly batchTime: number;
  /** Shares of the requests of a batch that fail, and that it does not come to. */
  readonly batchErrorRate: number;
  readonly batchExpireRate: number;
  /** Most tokens in all batches that are worked at; one more batch is refused. */
  readonly batchTokens?: number | undefined;
}

const DEFAULTS: MockServerOptions = {
  port: 0,
  host: '127.0.0.1',
  latency: { kind: 'uniform', minMs: 0, maxMs: 0 },
  tokenLatency: { kind: 'uniform', minMs: 0, maxMs: 0 },
  seed: 1,
  errorRate: 0,
  resetRate: 0,
  hangRate: 0,
  brokenJsonRate: 0,
  emptyRate: 0,
  proseRate: 0,
  cutStreamRate: 0,
  stallRate: 0,
  responseFormat: true,
  batchTime: 10_000,
  batchErrorRate: 0,
  batchExpireRate: 0,
  limitHeaders: 'openai',
};

/** Fills in the defaults. Throws `usage` where the shares of faults add up to more than 1. */
export function completeOptions(given: Partial<MockServerOptions>): MockServerOptions {
  const options = { ...DEFAULTS, ...given };
  const { errorRate, resetRate, hangRate, brokenJsonRate, emptyRate, proseRate } = options;
  const ofAll = errorRate + resetRate + hangRate + brokenJsonRate + emptyRate + proseRate;
  const share = ofAll + options.cutStreamRate + options.stallRate;
  // Sums of decimal fractions such as 0.7 + 0.2 + 0.1 may land a hair above 1.
  if (share > 1 + 1e-9) {
    throw new AppError(
      'usage',
      `the shares of faults add up to ${Number(share.toFixed(6))}, which is more than 1`,
    );
  }
  return options;
}
