import type { JsonObject } from '../core/json.ts';
import type { Completion } from '../core/request.ts';

export type LaneName = 'openai' | 'anthropic';

/** What one batch takes at most. */
export interface PartLimits {
  readonly requests: number;
  /** Of the file of its requests. */
  readonly bytes: number;
}

/** How far a batch is, as its provider tells. */
export interface BatchView {
  readonly id: string;
  /** `ended`: there are results, though perhaps not of all; `refused`: nothing was worked at. */
  readonly state: 'open' | 'ended' | 'refused';
  /** The provider's own word. */
  readonly status: string;
  readonly counts?: BatchCounts | undefined;
  /** Ids of the files of results. */
  readonly files: readonly string[];
  readonly refusal?: Refusal | undefined;
}

export interface BatchCounts {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

export interface Refusal {
  readonly message: string;
  /** There was no room for it beside other batches; later there may be. */
  readonly isForRoom: boolean;
}

/** A batch that is to be made. */
export interface NewBatch {
  /** Tells it from all others, this part's earlier ones included; letters, digits and `-`. */
  readonly token: string;
  readonly requests: number;
  /** JSON lines as `line` writes them. */
  readonly path: string;
  /** What `upload` has resolved to. */
  readonly fileId?: string | undefined;
}

/** A batch that may have been made although nobody heard of it. */
export interface SoughtBatch {
  readonly token: string;
  readonly requests: number;
  /** When it was about to be made, in ms since the epoch. */
  readonly sinceMs: number;
  /** Batches that are known to be others. */
  readonly not: readonly string[];
}

/** What became of one request. */
export interface LaneResult {
  readonly customId: string;
  /** Throws a `ProviderError` where the request was worked at and failed. Missing where it was not worked at. */
  readonly answer?: (() => Completion) | undefined;
  /** Why not. */
  readonly why?: string;
}

/**
 * The batch API of one provider. One call is one attempt, or as many as there are pages; failures are `ProviderError`s,
 * and the signal's reason is thrown once it aborts.
 */
export interface Lane {
  readonly name: LaneName;
  readonly limits: PartLimits;
  /** A request as a line of a part, its line end included. */
  line(customId: string, body: string): string;
  /** Where the requests are a file of their own. Resolves to its id. */
  readonly upload?: ((path: string, name: string, signal: AbortSignal) => Promise<string>) | undefined;
  create(batch: NewBatch, signal: AbortSignal): Promise<BatchView>;
  find(sought: SoughtBatch, signal: AbortSignal): Promise<BatchView | undefined>;
  look(id: string, signal: AbortSignal): Promise<BatchView>;
  cancel(id: string, signal: AbortSignal): Promise<void>;
  /** Writes the results into this file, a line each. */
  fetch(view: Pick<BatchView, 'id' | 'files'>, path: string, signal: AbortSignal): Promise<void>;
  /** Undefined for a line that is no result. */
  read(line: JsonObject): LaneResult | undefined;
  close(): Promise<void>;
}
