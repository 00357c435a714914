import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { BatchMoment, BatchOutcome, BatchRequest, BatchStore, StoredBatch } from './batch-store.ts';
import { countTokens } from './count-tokens.ts';

/** An error in Anthropic's shape. */
export class MessageError extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }

  get body(): object {
    return { type: 'error', error: { type: this.type, message: this.message } };
  }
}

/** Anthropic, "Batch processing": requests of one batch, and what their ids look like. */
const MOST_REQUESTS = 100_000;
const CUSTOM_ID = /^[a-zA-Z0-9_-]{1,64}$/;
const DAY_MS = 86_400_000;
const PAGE = 20;

const STATUS: Readonly<Record<BatchMoment['phase'], string>> = {
  validating: 'in_progress',
  refused: 'in_progress',
  working: 'in_progress',
  finalizing: 'in_progress',
  over: 'ended',
  cancelling: 'canceling',
  cancelled: 'ended',
};

/** The Message Batches API of Anthropic. */
export class AnthropicBatches {
  readonly #store: BatchStore;

  constructor(store: BatchStore) {
    this.#store = store;
  }

  create(body: JsonObject, url: string, tokens: number | undefined): object {
    if (!Array.isArray(body.requests) || body.requests.length === 0)
      throw invalid('requests: Field required');
    if (body.requests.length > MOST_REQUESTS)
      throw new MessageError(413, 'request_too_large', 'too many requests');
    const requests = body.requests.map(readRequest);
    const ids = new Set(requests.map(({ customId }) => customId));
    if (ids.size < requests.length) throw invalid('requests: custom_id is not unique');
    const size = countTokens(JSON.stringify(body));
    if (tokens !== undefined && this.#store.enqueuedTokens + size > tokens) {
      throw new MessageError(
        429,
        'rate_limit_error',
        'This would exceed the limit of requests in the batch processing queue.',
      );
    }
    return this.#view(this.#store.add('msgbatch_', requests, {}, size), url);
  }

  retrieve(id: string, url: string): object {
    return this.#view(this.#find(id), url);
  }

  list(query: URLSearchParams, url: string): object {
    const all = this.#store.list().filter(({ id }) => id.startsWith('msgbatch_'));
    const after = query.get('after_id');
    const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
    const size = Number(query.get('limit') ?? PAGE);
    const data = all.slice(from, from + size).map((batch) => this.#view(batch, url));
    return { data, has_more: from + size < all.length };
  }

  cancel(id: string, url: string): object {
    const batch = this.#find(id);
    if (STATUS[this.#store.at(batch).phase] === 'ended')
      throw invalid('a batch that has ended cannot be canceled');
    this.#store.cancel(batch);
    return this.#view(batch, url);
  }

  async results(id: string): Promise<Buffer> {
    const batch = this.#find(id);
    if (STATUS[this.#store.at(batch).phase] !== 'ended') throw invalid('the batch has not ended');
    const outcomes = await this.#store.outcomes(batch);
    const lines = outcomes.map(([customId, outcome]) => ({
      custom_id: customId,
      result: resultOf(customId, outcome),
    }));
    return Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  #find(id: string): StoredBatch {
    const batch = this.#store.find(id);
    if (batch === undefined) throw new MessageError(404, 'not_found_error', `no batch ${id}`);
    return batch;
  }

  #view(batch: StoredBatch, url: string): object {
    const { id, requests, createdMs, cancelledMs } = batch;
    const { phase, done, failed, expired } = this.#store.at(batch);
    const hasEnded = STATUS[phase] === 'ended';
    const over = done + failed + expired;
    // Requests are told of as being processed until all of the batch has ended.
    const counts = hasEnded
      ? { processing: 0, succeeded: done, errored: failed, canceled: requests.length - over, expired }
      : { processing: requests.length, succeeded: 0, errored: 0, canceled: 0, expired: 0 };
    return {
      ...{ id, type: 'message_batch', processing_status: STATUS[phase], request_counts: counts },
      created_at: new Date(createdMs).toISOString(),
      expires_at: new Date(createdMs + DAY_MS).toISOString(),
      cancel_initiated_at: cancelledMs === undefined ? null : new Date(cancelledMs).toISOString(),
      results_url: hasEnded ? `${url}/v1/messages/batches/${id}/results` : null,
    };
  }
}

function readRequest(value: unknown): BatchRequest {
  const { custom_id: customId, params } = isJsonObject(value) ? value : {};
  if (typeof customId !== 'string' || !CUSTOM_ID.test(customId))
    throw invalid('requests: custom_id does not match the pattern');
  if (!isJsonObject(params) || typeof params.max_tokens !== 'number')
    throw invalid('requests: max_tokens: Field required');
  return { customId, body: params as JsonObject };
}

function resultOf(customId: string, outcome: BatchOutcome): object {
  switch (outcome.kind) {
    case 'answered':
      return { type: 'succeeded', message: messageOf(customId, outcome) };
    case 'failed':
      return { type: 'errored', error: new MessageError(500, 'api_error', outcome.error.message).body };
    case 'expired':
      return { type: 'expired' };
    case 'cancelled':
      return { type: 'canceled' };
  }
}

function messageOf(
  customId: string,
  { request, answer }: Extract<BatchOutcome, { kind: 'answered' }>,
): object {
  return {
    ...{ id: `msg_${customId}`, type: 'message', role: 'assistant', model: request.model },
    content: [{ type: 'text', text: answer.content }],
    stop_reason: answer.finishReason === 'stop' ? 'end_turn' : 'max_tokens',
    stop_sequence: null,
    usage: { input_tokens: request.promptTokens, output_tokens: answer.completionTokens },
  };
}

function invalid(message: string): MessageError {
  return new MessageError(400, 'invalid_request_error', message);
}
