import type { Bottleneck } from '../core/events.ts';
import type { ErrorCode } from '../core/failures.ts';
import type { Percentiles } from './latency-histogram.ts';

export type CountByCode = Readonly<Partial<Record<ErrorCode, number>>>;

/** A run in numbers, at one moment or at its end. Plain data. */
export interface RunSummary {
  readonly wallMs: number;
  readonly records: {
    /** Pulled from the input so far. */
    readonly read: number;
    readonly ok: number;
    /** Ended with an error row, input errors included. */
    readonly failed: number;
    /** Among `ok`: the summary was cut at the output limit. */
    readonly truncated: number;
    /** Among `failed`: the record could not be read. */
    readonly inputErrors: number;
  };
  /** Records of which the output of earlier runs had a row. */
  readonly earlier: {
    /** Done already, and so not among the records read. */
    readonly reused: number;
    /** Read and done again, since they had failed. */
    readonly failed: number;
    /** Read and done again, since other settings or another text made their result. */
    readonly stale: number;
    /** Lines that were no rows. */
    readonly damagedLines: number;
  };
  readonly failedByCode: CountByCode;
  /** What rows that are well warn of. */
  readonly warningsByCode: Readonly<Record<string, number>>;
  /** Requests that were not sent, since their answer was known: from this run, and from the cache. */
  readonly saved: { readonly memory: number; readonly cache: number; readonly parts: number };
  /** Requests sent. */
  readonly attempts: number;
  readonly retries: number;
  readonly retriesByCode: CountByCode;
  /** Answers that told the run to slow down (429, 503, 529). */
  readonly rateLimited: number;
  readonly pauses: number;
  readonly pausedMs: number;
  /** Left of the pause that runs now, in ms; 0 when none does. */
  readonly pauseLeftMs: number;
  /** Sums of what the endpoint reported; undefined if it never reported any. */
  readonly tokens: {
    readonly input: number | undefined;
    readonly output: number | undefined;
    /** Good answers that did not tell their tokens in full. */
    readonly answersWithoutUsage: number;
  };
  /** What the run costs; undefined where nothing is billed. */
  readonly cost: CostSummary | undefined;
  /** By name, where there are several endpoints: what each of them did. */
  readonly endpoints: ReadonlyMap<string, EndpointSummary> | undefined;
  readonly inFlight: number;
  /** Requests that wait for a slot or for rate capacity. */
  readonly waiting: number;
  /** Records that sit out their backoff. */
  readonly retrying: number;
  /** What holds the run back. */
  readonly limitedBy: Bottleneck;
  /** Of single attempts, failed ones included; undefined before the first. */
  readonly attemptLatency: Percentiles | undefined;
  /** Of records that ended well, from their first request on, waits included. */
  readonly recordLatency: Percentiles | undefined;
  /** Of answers that were streamed; undefined where none was. */
  readonly streamed: StreamSummary | undefined;
  readonly requestsPerSecond: number;
  readonly recordsPerSecond: number;
  /** Over the last ten seconds. */
  readonly recentRequestsPerSecond: number;
  readonly recentRecordsPerSecond: number;
  /** Why the run started no more requests, if it was stopped. */
  readonly stopped: StopReason | undefined;
}

/** What one of several endpoints did. */
export interface EndpointSummary {
  readonly requests: number;
  /** Requests that were answered well. */
  readonly ok: number;
  /** Answers that told to slow down. */
  readonly rateLimited: number;
  /** Sums of what it reported; undefined if it never reported any. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** Undefined where nothing is billed. */
  readonly cost: CostSummary | undefined;
  /** How it ended, if not well: `out` for the rest of the run, or `down`. */
  readonly state: 'out' | 'down' | undefined;
}

export interface CostSummary {
  /** USD of all attempts whose cost is known; undefined where there are only others. */
  readonly usd: number | undefined;
  /** Attempts that may be billed, nobody knows how much. */
  readonly attemptsUnknown: number;
}

export interface StreamSummary {
  /** From sending a request to the first token. */
  readonly firstToken: Percentiles;
  /** Of one stream, from its first token to its last; undefined where the tokens are unknown or came all at once. */
  readonly outputTokensPerSecond: number | undefined;
}

export interface StopReason {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}
