import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import { ApiError, serverError } from './api-error.ts';
import type { Summarise } from './chat-endpoint.ts';
import { type Answer, toAnswer } from './completion-body.ts';
import type { MockServerOptions } from './mock-server-options.ts';
import { type ChatRequest, readChatRequest } from './read-chat-request.ts';
import { seededDraw, TextHash } from './seeded-random.ts';

export interface BatchRequest {
  readonly customId: string;
  readonly body: JsonObject;
}

/** What became of one request. */
export type BatchOutcome =
  | { readonly kind: 'answered'; readonly request: ChatRequest; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly error: ApiError }
  | { readonly kind: 'expired' | 'cancelled' };

export interface StoredBatch {
  readonly id: string;
  readonly number: number;
  readonly requests: readonly BatchRequest[];
  /** What its API keeps of it. */
  readonly facts: JsonObject;
  readonly createdMs: number;
  readonly tokens: number;
  /** It has no room beside the others. */
  readonly isTooMuch: boolean;
  cancelledMs?: number;
}

/** A batch at one moment. */
export interface BatchMoment {
  readonly phase: 'validating' | 'refused' | 'working' | 'finalizing' | 'over' | 'cancelling' | 'cancelled';
  readonly done: number;
  readonly failed: number;
  readonly expired: number;
}

export interface BatchStoreParts {
  readonly options: MockServerOptions;
  readonly summarise: Summarise;
  readonly clock: Clock;
}

/** Shares of `--batch-time`: until a batch is looked through, until all is worked at, and to end after a cancel. */
const VALIDATED = 0.1;
const WORKED = 0.9;
const CANCELLING = 0.1;

/** Batches that are worked at on a clock: their states follow from how long they have been there. */
export class BatchStore {
  readonly #parts: BatchStoreParts;
  readonly #batches = new Map<string, StoredBatch>();

  constructor(parts: BatchStoreParts) {
    this.#parts = parts;
  }

  get enqueuedTokens(): number {
    return [...this.#batches.values()]
      .filter((batch) => !batch.isTooMuch && !['over', 'cancelled'].includes(this.at(batch).phase))
      .reduce((sum, { tokens }) => sum + tokens, 0);
  }

  add(prefix: string, requests: readonly BatchRequest[], facts: JsonObject, tokens: number): StoredBatch {
    const { options, clock } = this.#parts;
    const number = this.#batches.size + 1;
    const batch: StoredBatch = {
      ...{ id: `${prefix}${number}`, number, requests, facts, tokens },
      createdMs: clock.epochMs(),
      isTooMuch: this.enqueuedTokens + tokens > (options.batchTokens ?? Number.POSITIVE_INFINITY),
    };
    this.#batches.set(batch.id, batch);
    return batch;
  }

  find(id: string): StoredBatch | undefined {
    return this.#batches.get(id);
  }

  /** Newest first. */
  list(): StoredBatch[] {
    return [...this.#batches.values()].reverse();
  }

  cancel(batch: StoredBatch): void {
    batch.cancelledMs ??= this.#parts.clock.epochMs();
  }

  at(batch: StoredBatch): BatchMoment {
    const { options, clock } = this.#parts;
    const { createdMs, cancelledMs } = batch;
    const share = (ms: number): number =>
      options.batchTime === 0 ? 2 : (ms - createdMs) / options.batchTime;
    const now = share(clock.epochMs());
    if (batch.isTooMuch)
      return { phase: now < VALIDATED ? 'validating' : 'refused', done: 0, failed: 0, expired: 0 };
    const workedAt = Math.min(now, cancelledMs === undefined ? now : share(cancelledMs));
    const counts = this.#counts(batch, workedAt);
    if (cancelledMs !== undefined && share(cancelledMs) < 1) {
      return { ...counts, phase: now < share(cancelledMs) + CANCELLING ? 'cancelling' : 'cancelled' };
    }
    if (now < VALIDATED) return { ...counts, phase: 'validating' };
    if (now < 1) return { ...counts, phase: now < WORKED ? 'working' : 'finalizing' };
    return { ...counts, phase: 'over' };
  }

  /** What became of each request of a batch that is over, in no order to speak of. */
  async outcomes(batch: StoredBatch): Promise<readonly (readonly [string, BatchOutcome])[]> {
    const { cancelledMs } = batch;
    const done =
      cancelledMs === undefined
        ? batch.requests.length
        : this.#worked(batch, this.#shareAt(batch, cancelledMs));
    const found: (readonly [string, BatchOutcome])[] = [];
    for (const [i, request] of batch.requests.entries()) {
      const outcome = i < done ? await this.outcome(request) : ({ kind: 'cancelled' } as const);
      found.push([request.customId, outcome]);
    }
    return found.sort(([one], [other]) => hash(one) - hash(other));
  }

  async outcome({ customId, body }: BatchRequest): Promise<BatchOutcome> {
    const { options, summarise } = this.#parts;
    const fate = this.#fate(customId);
    if (fate === 'expired') return { kind: fate };
    if (fate === 'failed') return { kind: fate, error: serverError() };
    try {
      const request = readChatRequest(Buffer.from(JSON.stringify(body)));
      return {
        kind: 'answered',
        request,
        answer: toAnswer(await summarise(request.text), request, options.context),
      };
    } catch (error) {
      return { kind: 'failed', error: error instanceof ApiError ? error : serverError() };
    }
  }

  #shareAt({ createdMs }: StoredBatch, ms: number): number {
    const { batchTime } = this.#parts.options;
    return batchTime === 0 ? 2 : (ms - createdMs) / batchTime;
  }

  #worked({ requests }: StoredBatch, share: number): number {
    return Math.floor(requests.length * Math.max(0, Math.min(1, (share - VALIDATED) / (WORKED - VALIDATED))));
  }

  #counts(batch: StoredBatch, share: number): { done: number; failed: number; expired: number } {
    const counts = { answered: 0, failed: 0, expired: 0 };
    for (const { customId } of batch.requests.slice(0, this.#worked(batch, share)))
      counts[this.#fate(customId)] += 1;
    return { done: counts.answered, failed: counts.failed, expired: counts.expired };
  }

  #fate(customId: string): 'answered' | 'failed' | 'expired' {
    const { seed, batchErrorRate, batchExpireRate } = this.#parts.options;
    const drawn = seededDraw(seed, hash(customId), 1)('fault');
    if (drawn < batchErrorRate) return 'failed';
    return drawn < batchErrorRate + batchExpireRate ? 'expired' : 'answered';
  }
}

function hash(text: string): number {
  return new TextHash().add(text).value();
}
