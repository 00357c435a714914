/** What `GET /stats` shows. Only requests for completions are counted. */
export interface MockStats {
  /** Requests that arrived, refused ones included. */
  readonly requests: number;
  /** When the first and the last request arrived, and when the last one ended, in monotonic ms of the server. */
  readonly firstArrivalMs: number;
  readonly lastArrivalMs: number;
  readonly lastEndMs: number;
  /** Answers with text that were delivered whole. */
  readonly ok: number;
  /** Replies by status, 400 and above, 429 included. */
  readonly errors: Readonly<Record<string, number>>;
  /** Replies with a 429. */
  readonly rateLimited: number;
  readonly resets: number;
  readonly hangs: number;
  readonly brokenJson: number;
  readonly empty: number;
  /** Answers in prose where JSON was asked for. */
  readonly prose: number;
  /** Streams that were closed, and such as fell silent, in the middle. */
  readonly cutStreams: number;
  readonly stalls: number;
  /** Answers that were generated, but the client left before they were delivered. */
  readonly abandoned: number;
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** Different prompts (model and messages) among the admitted requests. */
  readonly distinctPrompts: number;
  /** Answers generated, whether they arrived or not: what a real endpoint would bill. */
  readonly paid: number;
  /** Answers generated for a prompt of which an answer was delivered whole. */
  readonly paidTwice: number;
  /** Answers generated again because the one before was lost to a fault: a reset, a hang, broken JSON, a stream cut short. */
  readonly paidAgainAfterFault: number;
  /** Answers generated again because the client left before the one before was delivered. */
  readonly paidAgainAfterAbandon: number;
  /** Tokens of the prompts and answers that were paid. */
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** Largest numbers in any sliding window, to 10 ms: requests as they arrive, tokens as they are charged. */
  readonly maxRequestsInAnySecond: number;
  readonly maxRequestsInAnyMinute: number;
  readonly maxTokensInAnySecond: number;
  readonly maxTokensInAnyMinute: number;
}
